package android.security.keystore;

/** What Android has under this name; for compiling and trying on a machine that is no phone. */
public class UserNotAuthenticatedException extends java.security.InvalidKeyException {}
