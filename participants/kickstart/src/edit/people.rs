//! `user` lines.

use crate::document::Kickstart;
use crate::edit::EditError;
use crate::edit::quote::{quote, safe};
use crate::edit::wanted::option_line;

impl Kickstart {
    /// Adds a user, or gives the one of that name these options, and returns whether the text changed.
    ///
    /// An option is written as on a command line but without quotes: `--groups=audio,video` or `--gecos=A Guest`.
    pub fn add_user(&mut self, name: &str, options: &[&str]) -> Result<bool, EditError> {
        let head = format!("user --name={}", quote(safe("user name", name)?));
        self.set(&option_line(head, "user", options)?)
    }

    /// Takes out the user called `name`, and returns whether the text changed.
    pub fn remove_user(&mut self, name: &str) -> Result<bool, EditError> {
        self.remove(&format!("user --name={}", quote(safe("user name", name)?)))
    }
}
