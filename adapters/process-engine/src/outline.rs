//! What any definition that a BOSS takes is about, also where this engine could not run it.

mod branch;
mod form;
mod json;
mod lines;
mod radial;
mod ruby;
mod survey;
mod xml;

use std::collections::BTreeSet;

pub use self::form::Form;
use self::survey::Survey;
use crate::definition::DefinitionError;
use crate::guarded::guarded;
use crate::tree::Place;

/// The name, the participants and the sub-processes of a definition in any form the Ruote engine takes.
///
/// Invariant: the text has one of the four forms, and the engine would find the process in it that is described here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    form: Form,
    name: Option<String>,
    participants: BTreeSet<String>,
    dynamic: BTreeSet<String>,
    sub_processes: BTreeSet<String>,
    calls_itself: Option<u32>,
}

impl Outline {
    /// Reads a definition of any form. Does no I/O and runs nothing.
    ///
    /// An `Err` says where in the text the engine would stumble. The text may be anything: it is read in a thread of
    /// its own, for five seconds at most.
    ///
    /// ```
    /// use process_engine::Outline;
    ///
    /// let text = "Ruote.process_definition 'nightly' do
    ///   iterator :on => 'i586, armv7hl', :to => 'f:arch', :on_error => 'tell_admin' do
    ///     build_image :timeout => '2h'
    ///   end
    ///   participant '${f:next}'
    /// end";
    /// let outline = Outline::read(text)?;
    /// assert_eq!(outline.name(), Some("nightly"));
    /// assert_eq!(outline.participants().iter().collect::<Vec<_>>(), ["build_image", "tell_admin"]);
    /// assert!(outline.dynamic().contains("${f:next}"));
    ///
    /// let circle = Outline::read("Ruote.define 'build_image' do\n  build_image\nend")?;
    /// assert_eq!(circle.calls_itself(), Some(2));
    ///
    /// let no_definition = Outline::read("create_image.pdef").unwrap_err();
    /// assert!(no_definition.to_string().contains("would look for a file of that name"));
    /// # Ok::<(), process_engine::DefinitionError>(())
    /// ```
    pub fn read(text: &str) -> Result<Outline, DefinitionError> {
        let copy = text.to_owned();
        guarded(text.len(), move || read(&copy)).unwrap_or_else(|message| Err(at_start(text, message)))
    }

    /// Returns the form of the text.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Returns the name of the process; a definition may have none.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the names of the participants that its steps and its handlers of errors, timeouts and cancels call.
    pub fn participants(&self) -> &BTreeSet<String> {
        &self.participants
    }

    /// Returns what is written where a name will only be known when the process runs: `${f:next}`.
    pub fn dynamic(&self) -> &BTreeSet<String> {
        &self.dynamic
    }

    /// Returns the names of the sub-processes it defines.
    pub fn sub_processes(&self) -> &BTreeSet<String> {
        &self.sub_processes
    }

    /// Returns the line, from 1, of a step that is called like the process: the engine takes its name for the process
    /// first, and would start that again and again.
    pub fn calls_itself(&self) -> Option<u32> {
        self.calls_itself
    }
}

/// Reads a definition; the caller guards against what the parsers may do.
fn read(text: &str) -> Result<Outline, DefinitionError> {
    let (form, root) = form::read(text)?;
    let survey = Survey::of(&root);
    Ok(Outline {
        form,
        name: survey.name,
        participants: survey.participants,
        dynamic: survey.dynamic,
        sub_processes: survey.sub_processes,
        calls_itself: survey.calls_itself.map(|place| place.line),
    })
}

fn at_start(text: &str, message: impl Into<String>) -> DefinitionError {
    DefinitionError::at(Place { line: 1, column: 1 }, text.lines().next().unwrap_or_default(), message)
}
