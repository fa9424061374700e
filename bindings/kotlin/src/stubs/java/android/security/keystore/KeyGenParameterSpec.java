package android.security.keystore;

import java.security.spec.AlgorithmParameterSpec;

/** What Android has under this name; for compiling and trying on a machine that is no phone. */
public final class KeyGenParameterSpec implements AlgorithmParameterSpec {
    public final String alias;
    public final int purposes;

    private KeyGenParameterSpec(String alias, int purposes) {
        this.alias = alias;
        this.purposes = purposes;
    }

    public static final class Builder {
        private final KeyGenParameterSpec spec;

        public Builder(String alias, int purposes) { spec = new KeyGenParameterSpec(alias, purposes); }

        public Builder setBlockModes(String... modes) { return this; }

        public Builder setEncryptionPaddings(String... paddings) { return this; }

        public Builder setDigests(String... digests) { return this; }

        public Builder setKeySize(int bits) { return this; }

        public Builder setUnlockedDeviceRequired(boolean required) { return this; }

        public Builder setAlgorithmParameterSpec(AlgorithmParameterSpec spec) { return this; }

        public KeyGenParameterSpec build() { return spec; }
    }
}
