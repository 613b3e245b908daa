//! The processors an image can be for.

use crate::NotAWord;

/// The architectures IMG knows, in rpm's words.
const KNOWN: [&str; 10] =
    ["i486", "i586", "i686", "x86_64", "armv6l", "armv7l", "armv7hl", "armv7tnhl", "aarch64", "mipsel"];

/// An architecture, in rpm's words.
///
/// Invariant: one of the ten IMG knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arch(&'static str);

impl Arch {
    /// Returns those IMG knows.
    pub fn known() -> impl Iterator<Item = Arch> {
        KNOWN.into_iter().map(Arch)
    }

    /// Returns the architecture of this machine, where IMG knows it.
    pub fn host() -> Option<Arch> {
        match std::env::consts::ARCH {
            "x86" => Some(Arch("i686")),
            "arm" => Some(Arch("armv7hl")),
            arch => arch.parse().ok(),
        }
    }

    /// Returns rpm's word.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Returns the processor family as qemu and the kernel call it: programs of one family can run on each other's
    /// machines as far as the word width allows.
    pub fn family(self) -> &'static str {
        match self.0 {
            "i486" | "i586" | "i686" => "i386",
            "armv6l" | "armv7l" | "armv7hl" | "armv7tnhl" => "arm",
            other => other,
        }
    }

    /// Tells whether this machine runs programs of that architecture without an emulator.
    pub fn runs_here(self) -> bool {
        match (std::env::consts::ARCH, self.family()) {
            ("x86_64", "x86_64" | "i386") | ("x86", "i386") | ("arm", "arm") | ("aarch64", "aarch64") => true,
            (host, family) => host == family,
        }
    }
}

impl std::str::FromStr for Arch {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Arch, NotAWord> {
        KNOWN
            .into_iter()
            .find(|known| *known == text)
            .map(Arch)
            .ok_or_else(|| NotAWord(format!("no architecture `{text}`; there are {}", KNOWN.join(", "))))
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0)
    }
}
