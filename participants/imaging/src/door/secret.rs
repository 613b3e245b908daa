//! Texts that let whoever has them in.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A text that lets whoever has it in; it is shown once and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(kind: &str) -> Secret {
        Secret(format!("{kind}_{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()))
    }

    /// Takes what somebody showed.
    pub fn shown(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    /// Returns the text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn digest(&self) -> String {
        Sha256::digest(&self.0).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(***)")
    }
}
