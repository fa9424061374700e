package android.os;

/** What Android has under this name; for compiling and trying on a machine that is no phone. */
public final class Build {
    private Build() {}

    public static final class VERSION {
        public static final int SDK_INT = VERSION_CODES.P;

        private VERSION() {}
    }

    public static final class VERSION_CODES {
        public static final int P = 28;

        private VERSION_CODES() {}
    }
}
