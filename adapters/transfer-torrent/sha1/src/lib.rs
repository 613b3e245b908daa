//! The checksums of librqbit, in Rust.
//!
//! librqbit takes its SHA-1 from OpenSSL or from aws-lc, a library of C for the sake of one function. This crate has the same
//! name and the same words, so that `[patch]` in the workspace puts it into their place.

/// What librqbit wants of SHA-1.
pub trait ISha1 {
    /// Begins.
    fn new() -> Self;
    /// Takes more bytes.
    fn update(&mut self, bytes: &[u8]);
    /// Returns the checksum of all.
    fn finish(self) -> [u8; 20];
}

/// What librqbit wants of SHA-256, for the second version of torrents.
pub trait ISha256 {
    /// Begins.
    fn new() -> Self;
    /// Takes more bytes.
    fn update(&mut self, bytes: &[u8]);
    /// Returns the checksum of all.
    fn finish(self) -> [u8; 32];
    /// Returns the same.
    fn finish_id32(self) -> [u8; 32]
    where
        Self: Sized,
    {
        self.finish()
    }
}

/// SHA-1, by the processor where it can.
#[derive(Clone, Debug, Default)]
pub struct Sha1(sha1::Sha1);

/// SHA-256, likewise.
#[derive(Clone, Debug, Default)]
pub struct Sha256(sha2::Sha256);

impl ISha1 for Sha1 {
    fn new() -> Sha1 {
        Sha1::default()
    }

    fn update(&mut self, bytes: &[u8]) {
        sha1::Digest::update(&mut self.0, bytes);
    }

    fn finish(self) -> [u8; 20] {
        sha1::Digest::finalize(self.0).into()
    }
}

impl ISha256 for Sha256 {
    fn new() -> Sha256 {
        Sha256::default()
    }

    fn update(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.0, bytes);
    }

    fn finish(self) -> [u8; 32] {
        sha2::Digest::finalize(self.0).into()
    }
}
