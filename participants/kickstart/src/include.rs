//! `%include` and `%ksappend`, followed by whoever supplies the files.

mod follow;
mod inside;
mod origin;

pub use follow::{Found, Limits, Reference};
pub use origin::{Flat, Origin};

use crate::document::Kickstart;

/// Why the files could not be put together; nobody but their authors, or who allowed the reader what it reads, can
/// change that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {reason}")]
#[non_exhaustive]
pub struct IncludeError {
    /// The line that includes, and the chain that leads to it.
    pub origin: Origin,
    /// What is wrong with it.
    pub reason: IncludeFault,
}

/// What is wrong with a line that includes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IncludeFault {
    /// Nothing stands after `%include`.
    #[error("`{0}` names no file")]
    NoName(String),
    /// The reader does not give it: the text is the reader's.
    #[error("cannot include `{name}`: {why}")]
    Unreadable {
        /// What was asked for.
        name: String,
        /// The reader's words.
        why: String,
    },
    /// The file is being included already.
    #[error("`{0}` includes itself")]
    Loop(String),
    /// Files within files within files.
    #[error("`{name}` would be the file number {depth} within files")]
    TooDeep {
        /// What was asked for.
        name: String,
        /// How deep it would be.
        depth: usize,
    },
    /// More files than [`Limits::files`].
    #[error("this would be more than {0} included files")]
    TooMany(usize),
    /// More bytes than [`Limits::bytes`].
    #[error("with `{name}` the kickstart would have more than {bytes} bytes")]
    TooLong {
        /// What was asked for.
        name: String,
        /// The limit.
        bytes: usize,
    },
}

impl Kickstart {
    /// Puts the text of included files in place of the lines that include them, as pykickstart reads them.
    ///
    /// `name` is what messages call this file. `read` is asked for each file and says no by an `Err` of its own words;
    /// nothing here reads a file or an address. Lines of scripts and lists that start with `%include` are followed too.
    ///
    /// ```
    /// use img_kickstart::{Found, Kickstart, Limits};
    ///
    /// let ks = Kickstart::parse("lang C\n%include disks.ks\n");
    /// let flat = ks.flatten("main.ks", &Limits::default(), |wanted| match wanted.name {
    ///     "disks.ks" => Ok(Found { name: "disks.ks".into(), text: b"part /\npart\n".to_vec() }),
    ///     _ => Err("there is no such file".into()),
    /// })?;
    ///
    /// assert_eq!(flat.kickstart().as_bytes(), b"lang C\npart /\npart\n");
    /// let wrong = &flat.check(&Default::default())[0];
    /// assert_eq!(wrong.one_line("main.ks"), "disks.ks:2:1: error: `part` needs a mount point (included from main.ks:2)");
    /// # Ok::<(), img_kickstart::IncludeError>(())
    /// ```
    pub fn flatten(
        &self,
        name: &str,
        limits: &Limits,
        read: impl FnMut(&Reference<'_>) -> Result<Found, String>,
    ) -> Result<Flat, IncludeError> {
        let mut flat = follow::follow(self, name, limits, read, 1);
        if flat.faults.is_empty() { Ok(flat) } else { Err(flat.faults.swap_remove(0).1) }
    }

    /// Does the same, but leaves the lines that cannot be followed, for [`Flat::check`] to report beside all else.
    ///
    /// ```
    /// use img_kickstart::{Kickstart, Limits};
    ///
    /// let ks = Kickstart::parse("%include disks.ks\nlnag C\n");
    /// let flat = ks.flatten_where_possible("main.ks", &Limits::default(), |_| Err("there is no such file".into()));
    /// let found: Vec<String> = flat.check(&Default::default()).iter().map(|found| found.one_line("main.ks")).collect();
    /// assert_eq!(found, [
    ///     "main.ks:1:1: error: cannot include `disks.ks`: there is no such file",
    ///     "main.ks:2:1: error: unknown command `lnag` (did you mean `lang`?)",
    /// ]);
    /// ```
    pub fn flatten_where_possible(
        &self,
        name: &str,
        limits: &Limits,
        read: impl FnMut(&Reference<'_>) -> Result<Found, String>,
    ) -> Flat {
        follow::follow(self, name, limits, read, follow::FAULTS)
    }
}
