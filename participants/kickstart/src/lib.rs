//! The kickstart language: read, checked, changed and printed without losing a byte.
//!
//! A [`Kickstart`] keeps the bytes exactly as their author wrote them. [`check()`] says what is wrong with it in the
//! eyes of mic, Fedora or RHEL ([`Dialect`]), the typed views ([`Kickstart::repos`], [`Kickstart::packages`],
//! [`Kickstart::scripts`], …) say what it means, and the edits ([`Kickstart::set`], [`Kickstart::add_packages`], …)
//! put new lines where a person would. [`Kickstart::flatten`] follows includes for a caller that reads them,
//! [`Kickstart::differences`] compares by meaning, [`Kickstart::formatted`] is the canonical form. What exists is in
//! [`table`]. With the feature `kickstarter`, kickstarts are made from YAML. Nothing here does I/O, and nothing recurses on its input.
//!
//! ```
//! use img_kickstart::{Kickstart, check};
//!
//! let mut ks = Kickstart::parse("lang en_US\npart / --size=big\n\n%packages\n@core\n%end\n");
//!
//! let found = check(&ks);
//! assert_eq!(found[0].one_line("hello.ks"), "hello.ks:2:15: error: `--size` takes a whole number, not `big`");
//!
//! ks.add_repo("extra", "http://repo.example/extra", &["--save"])?;
//! ks.add_packages(&["vim"])?;
//! assert_eq!(
//!     ks.to_string(),
//!     "lang en_US\npart / --size=big\nrepo --name=extra --baseurl=http://repo.example/extra --save\n\n\
//!      %packages\n@core\nvim\n%end\n"
//! );
//! # Ok::<(), img_kickstart::EditError>(())
//! ```

#![warn(missing_docs)]

pub mod arguments;
mod check;
mod command;
mod diagnostic;
mod dialect;
mod diff;
mod document;
mod edit;
mod format;
mod identity;
mod include;
mod items;
#[cfg(feature = "kickstarter")]
pub mod kickstarter;
mod lines;
mod numbers;
mod reading;
mod repo_name;
mod section;
pub mod table;
mod template;
mod tokens;
pub mod words;

pub use arguments::Arguments;
pub use check::{Rules, check, check_with};
pub use command::Command;
pub use diagnostic::{Diagnostic, Severity};
pub use dialect::{Dialect, UnknownDialect};
pub use diff::{Difference, DifferenceKind};
pub use document::{At, Kickstart};
pub use edit::{EditError, NewRepo};
pub use include::{Flat, Found, IncludeError, IncludeFault, Limits, Origin, Reference};
pub use items::Item;
pub use reading::*;
pub use repo_name::repo_name_from_url;
pub use section::Section;
pub use template::Template;
pub use tokens::{NotATokenmap, Token, expand_tokens, read_tokenmap, tokens};
pub use words::Word;
