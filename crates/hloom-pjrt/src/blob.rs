//! The frame around a serialized executable: what it may be loaded by, and a checksum.
//!
//! Plugins load each other's programs without complaint and compute wrong numbers with them, so what
//! [`Blob::open`] returns was written under the same fingerprint and signature, and is intact.
//! Knows nothing of what the payload means.

use hloom_backend::Signature;
use sha2::{Digest, Sha256};

/// The first bytes; the digit counts the versions of this frame.
const MAGIC: &[u8; 8] = b"hloomex1";
/// The length of a SHA-256 digest.
const DIGEST: usize = 32;
/// Bytes before the list of donatable parameters.
const HEADER: usize = MAGIC.len() + 2 * DIGEST;

/// A serialized executable whose frame was checked.
#[derive(Debug)]
pub(crate) struct Blob<'a> {
    donatable: Vec<i64>,
    payload: &'a [u8],
}

impl<'a> Blob<'a> {
    /// Frames a payload.
    pub(crate) fn write(fingerprint: &str, signature: &Signature, donatable: &[i64], payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + 8 * (donatable.len() + 1) + payload.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&owner(fingerprint, signature));
        bytes.extend_from_slice(&[0; DIGEST]);
        bytes.extend_from_slice(&(donatable.len() as u64).to_le_bytes());
        for parameter in donatable {
            bytes.extend_from_slice(&parameter.to_le_bytes());
        }
        bytes.extend_from_slice(payload);
        let checksum = Sha256::digest(&bytes[HEADER..]);
        bytes[HEADER - DIGEST..HEADER].copy_from_slice(&checksum);
        bytes
    }

    /// Checks a frame. The error says what is wrong with it.
    pub(crate) fn open(bytes: &'a [u8], fingerprint: &str, signature: &Signature) -> Result<Blob<'a>, &'static str> {
        const CUT: &str = "the bytes are cut off";
        let (magic, rest) = bytes.split_at_checked(MAGIC.len()).ok_or(CUT)?;
        if magic != MAGIC {
            return Err("the bytes are not a program that this version of hloom has written");
        }
        let (written_for, rest) = rest.split_at_checked(DIGEST).ok_or(CUT)?;
        let (checksum, body) = rest.split_at_checked(DIGEST).ok_or(CUT)?;
        if written_for != owner(fingerprint, signature) {
            return Err(
                "the program was compiled by another plugin, for another processor, with other options or another signature",
            );
        }
        if checksum != Sha256::digest(body).as_slice() {
            return Err("the bytes are damaged");
        }
        let (count, rest) = body.split_first_chunk::<8>().ok_or(CUT)?;
        let len = usize::try_from(u64::from_le_bytes(*count)).ok().and_then(|count| count.checked_mul(8));
        let (donatable, payload) = len.and_then(|len| rest.split_at_checked(len)).ok_or(CUT)?;
        let donatable = donatable.as_chunks().0.iter().map(|parameter| i64::from_le_bytes(*parameter)).collect();
        Ok(Blob { donatable, payload })
    }

    /// The parameters that the program may overwrite.
    pub(crate) fn donatable(&self) -> Vec<i64> {
        self.donatable.clone()
    }

    /// What the plugin wrote.
    pub(crate) fn payload(&self) -> &'a [u8] {
        self.payload
    }
}

/// A digest of whom a program belongs to.
fn owner(fingerprint: &str, signature: &Signature) -> [u8; DIGEST] {
    Sha256::digest(format!("{fingerprint}\n{signature:?}")).into()
}

#[cfg(test)]
mod tests {
    use hloom_ir::{DType, Type};

    use super::*;

    #[test]
    fn only_the_owner_opens_an_intact_blob() {
        let signature = Signature { parameters: vec![Type::new(DType::F32, [4])], results: Vec::new() };
        let bytes = Blob::write("me", &signature, &[0, 5], b"payload");
        let blob = Blob::open(&bytes, "me", &signature).unwrap();
        assert_eq!(blob.donatable(), [0, 5]);
        assert_eq!(blob.payload(), b"payload");
        assert!(Blob::open(&bytes, "you", &signature).unwrap_err().contains("another plugin"));
        assert!(Blob::open(&bytes, "me", &Signature::default()).is_err());
        for cut in 0..bytes.len() {
            assert!(Blob::open(&bytes[..cut], "me", &signature).is_err(), "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(Blob::open(&damaged, "me", &signature).is_err(), "damaged at {at}");
        }
    }
}
