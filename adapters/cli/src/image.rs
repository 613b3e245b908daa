//! What an image is, and whether it is whole.

use std::path::PathBuf;

use serde::Serialize;

use crate::terminal::{result, say, visible};

/// The result of `img image info`. What is not known is null in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImageAnswer {
    /// The file as it was named.
    pub file: PathBuf,
    /// The tool that made it: `partclone`, `partimage`, `ntfsclone`, `fsarchiver` or `raw`.
    pub tool: Option<&'static str>,
    /// The version of the tool's format.
    pub version: Option<String>,
    /// The program it is packed by, or `none`.
    pub compressor: Option<&'static str>,
    /// The file system as OpenGnsys names it: `NTFS`.
    pub filesystem: Option<&'static str>,
    /// The bytes a partition must have.
    pub restore_bytes: Option<u64>,
    /// The bytes of the partition it was made from.
    pub device_bytes: Option<u64>,
    /// Whether it can be restored.
    pub restorable: bool,
    /// Why it cannot, though it is known what it is.
    pub obstacle: Option<String>,
    /// The line of OpenGnsys.
    pub line: Option<String>,
    /// Why nobody knows what it is.
    pub error: Option<String>,
    /// OpenGnsys's number for the error.
    pub opengnsys_error: Option<u8>,
}

impl ImageAnswer {
    /// Prints the answer, for a person or as one JSON object, and returns the exit status.
    pub fn print(&self, json: bool) -> u8 {
        if json {
            result(serde_json::to_string_pretty(self).expect("texts and numbers"));
        } else if let Some(line) = &self.line {
            result(line);
        }
        if let Some(error) = &self.error {
            say_wrong(&self.file, error, self.opengnsys_error);
        }
        if let Some(obstacle) = &self.obstacle {
            say(format_args!("img: warning: {}: {obstacle}", name(&self.file)));
        }
        u8::from(self.error.is_some())
    }
}

/// The result of `img image verify`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerifyAnswer {
    /// What it is.
    #[serde(flatten)]
    pub image: ImageAnswer,
    /// Whether nothing is wrong with it, as far as its checksums go.
    pub whole: bool,
    /// What there was to hold it against.
    pub layers: Vec<VerifyLayer>,
    /// How many bytes of the file were read.
    pub read_bytes: u64,
    /// How many bytes these were, unpacked.
    pub image_bytes: u64,
    /// Where it broke first.
    pub fault: Option<VerifyFault>,
}

/// Checksums of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyLayer {
    /// Whose they are.
    pub name: &'static str,
    /// What they are, or null.
    pub checksum: Option<&'static str>,
    /// What they are about.
    pub covers: &'static str,
    /// How many were right.
    pub held: u64,
}

/// A place where an image is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyFault {
    /// How many bytes of the file were read by then.
    pub file_byte: u64,
    /// The byte of the image, unpacked.
    pub image_byte: u64,
    /// What is wrong there.
    pub why: String,
}

impl VerifyAnswer {
    /// Prints the answer, for a person or as one JSON object, and returns the exit status.
    pub fn print(&self, json: bool) -> u8 {
        if json {
            result(serde_json::to_string_pretty(self).expect("texts and numbers"));
        } else {
            self.print_text();
        }
        if let Some(error) = &self.image.error {
            say_wrong(&self.image.file, error, self.image.opengnsys_error);
        }
        u8::from(!self.whole)
    }

    fn print_text(&self) {
        self.image.line.iter().for_each(result);
        for VerifyLayer { name, checksum, covers, held } in &self.layers {
            match checksum {
                Some(checksum) => result(format_args!("  {name}: {checksum} ({covers}): {held} right")),
                None => result(format_args!("  {name}: not covered ({covers})")),
            }
        }
        if self.whole {
            result(format_args!("whole: {} bytes, {} unpacked", self.read_bytes, self.image_bytes));
        }
    }
}

fn name(file: &std::path::Path) -> String {
    visible(&file.to_string_lossy())
}

fn say_wrong(file: &std::path::Path, error: &str, number: Option<u8>) {
    let number = number.map_or(String::new(), |number| format!(" (error {number} of OpenGnsys)"));
    say(format_args!("img: {}: {}{number}", name(file), visible(error)));
}
