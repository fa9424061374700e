//! Writes the Kotlin, Swift and Python that stand on the library: `walkbook-bindgen generate LIBRARY -l LANGUAGE -o FOLDER`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
