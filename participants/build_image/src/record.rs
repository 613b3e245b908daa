//! What is remembered beside the image.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use imaging::{Made, now_ms};
use participant_core::Workitem;
use serde::{Deserialize, Serialize};

use crate::fields::Fields;
use crate::stopwatch::StepTime;

/// The record of a build that ended, kept as `record.json` in the folder of the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The job.
    pub image_id: String,
    /// Which attempt of which process built it.
    pub attempt: String,
    /// What was asked for: `raw`, `fs`, …
    pub image_type: String,
    /// The processor it is for.
    pub arch: String,
    /// What the image is called.
    pub name: String,
    /// The image, relative to the folder; none when there is no image.
    pub image_file: Option<PathBuf>,
    /// Why there is none.
    pub error: Option<String>,
    /// What a person should know all the same.
    pub warnings: Vec<String>,
    /// When the build began, in milliseconds since 1970.
    pub began_ms: i64,
    /// When it ended.
    pub ended_ms: i64,
    /// What it spent that time on, in order; older records do not say.
    #[serde(default)]
    pub steps: Vec<StepTime>,
}

impl Record {
    /// What the file is called.
    pub const FILE: &str = "record.json";

    /// Reads the record of a folder; `None` when there is none that can be read.
    pub fn find(folder: &Path) -> Option<Record> {
        serde_json::from_slice(&std::fs::read(folder.join(Record::FILE)).ok()?).ok()
    }

    /// Makes the record of a build that came to nothing for this reason.
    pub(crate) fn failed(fields: &Fields, item: &Workitem, reason: String) -> Record {
        Record {
            image_id: fields.image_id.to_string(),
            attempt: item.attempt().to_string(),
            image_type: fields.image_type.to_string(),
            arch: fields.arch.to_string(),
            name: fields.name.to_string(),
            image_file: None,
            error: Some(reason),
            warnings: Vec::new(),
            began_ms: now_ms(),
            ended_ms: now_ms(),
            steps: Vec::new(),
        }
    }

    /// Notes that there is an image.
    pub(crate) fn made(&mut self, made: Made) {
        self.image_file = Some(made.image_file);
        self.warnings = made.warnings;
        self.error = None;
    }

    /// Returns the status the job comes to.
    pub(crate) fn status(&self) -> &'static str {
        if self.error.is_none() { "DONE" } else { "ERROR" }
    }

    /// Writes the record into a folder.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut file = File::create(folder.join(Record::FILE))?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.write_all(b"\n")
    }
}
