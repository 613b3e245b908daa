//! What can be seen of a process from outside.

/// One process as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessState {
    /// The id the engine gave it, as `20261121-0739-deshiyodo-godemora`.
    pub wfid: String,
    /// The message id of its launch.
    pub launch_id: String,
    /// The name in its definition; empty when it has none or could not be read.
    pub name: String,
    /// How far it is.
    pub state: State,
    /// The participants it waits for; empty unless it runs.
    pub waiting_for: Vec<String>,
}

/// How far a process is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for a participant.
    Running,
    /// It came to its end, or ended itself by `cancel_process`.
    Ended {
        /// The fields of its last workitem: a JSON object, to the letter as the last participant left it.
        fields: String,
    },
    /// It stopped for good at an error: of a participant, or in its definition.
    Failed {
        /// What went wrong, for a person to read.
        error: String,
        /// The fields of its last workitem: a JSON object.
        fields: String,
    },
}

impl ProcessState {
    /// Tells whether nothing will happen to it any more.
    pub fn is_over(&self) -> bool {
        self.state != State::Running
    }
}
