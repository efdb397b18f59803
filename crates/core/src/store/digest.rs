//! The text form of every digest: a task's fingerprint, and the digest of a stored file.

use sha2::{Digest, Sha256};

/// The first 128 bits of a SHA-256 hash, in hexadecimal.
pub fn hexadecimal(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_input_has_the_digest_of_the_standard() {
        let digest = hexadecimal(Sha256::new());
        assert_eq!(digest, "e3b0c44298fc1c149afbf4c8996fb924");
    }
}
