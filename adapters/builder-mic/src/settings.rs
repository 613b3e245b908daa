//! Which mic is called, and how a site wants it called.

use std::path::PathBuf;
use std::time::Duration;

/// One of the two programs of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `mic create`, as there is for Tizen, Mer and Sailfish OS.
    Mic,
    /// `mic-image-creator`, its predecessor of MeeGo's times.
    Mic2,
}

impl Tool {
    /// Returns its name in configurations.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Mic => "mic",
            Tool::Mic2 => "mic2",
        }
    }

    /// Returns where it is installed.
    pub fn usual_program(self) -> &'static str {
        match self {
            Tool::Mic => "/usr/bin/mic",
            Tool::Mic2 => "/usr/bin/mic-image-creator",
        }
    }
}

/// How a site wants mic called.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which of the two.
    pub tool: Tool,
    /// Where its program is.
    pub program: PathBuf,
    /// Options for every call, from people who may do anything on the machine.
    pub options: Vec<String>,
    /// The folder below which downloaded packages are kept, in one folder for each run at the same time.
    pub cache: PathBuf,
    /// Where mic puts an image it works on; none for the folder of the image itself.
    pub tmp: Option<PathBuf>,
    /// How long a build may take, and a little more than mic gets.
    pub limit: Option<Duration>,
}

impl Settings {
    /// Says that the tool is where it is installed, and nothing else.
    pub fn usual(tool: Tool, cache: PathBuf) -> Settings {
        Settings {
            tool,
            program: tool.usual_program().into(),
            options: Vec::new(),
            cache,
            tmp: None,
            limit: None,
        }
    }
}
