//! Reads configuration files by the rules of Python's ConfigParser, as `skynet.conf` and `img.conf` were written for.
//!
//! [`Configuration`] is what a site has: files of several ages, `.env` files and the environment, the last one strongest.
//! [`keys`] is the table of what may stand in them; [`page`] makes docs/configuring.md of it.
//!
//! [`Ini`] holds the values of one or more files and where each came from. The reference is Python 3's
//! `ConfigParser(inline_comment_prefixes=(";",), allow_no_value=True)`: old files have comments after `;`. We differ where
//! Python stops early, dies or guesses:
//!
//! | in the file | Python | here |
//! |---|---|---|
//! | several mistakes | the first one | all of them, each with its line; past 50 their number |
//! | an indented line below a key without a value | dies (`AttributeError`) | a mistake |
//! | `%(name)s` of a key without a value | dies (`TypeError`) | a mistake |
//! | `[name` without the `]` | a key named `[name` | a mistake |
//! | `%(name)s` that fills in more than 4 MB | all of it | a mistake |
//! | a NUL, more than 1 MB, a pipe or a device | reads it | a mistake |
//! | a BOM | a mistake, unless told | skipped |
//! | a key of `[DEFAULT]`, asked of a section that is not there | `NoSectionError` | the value of `[DEFAULT]` |
//!
//! No message quotes a value: it might be a password.
//!
//! ```
//! use std::path::Path;
//!
//! let text = "[DEFAULT]\nroot = /srv\n[worker]\nBase_Dir: %(root)s/img ; old and new\n";
//! let ini = config::Ini::parse(Path::new("img.conf"), text)?;
//!
//! let found = ini.get("worker", "base_dir")?.expect("it is there");
//! assert_eq!(found.text.as_deref(), Some("/srv/img"));
//! assert_eq!(found.at.to_string(), "img.conf:4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod configuration;
mod entries;
mod env_file;
mod environment;
mod file;
mod ini;
mod interpolation;
pub mod keys;
mod lines;
mod mistake;
mod ordered;
mod page;
mod secrets;
mod setting;
mod similar;
mod sources;

pub use configuration::{Configuration, Shown};
pub use ini::{Ini, Value};
pub use mistake::{At, Mistake, Mistakes};
pub use page::page;
pub use secrets::secrets_exposed;
pub use setting::{Origin, Setting};
pub use sources::Sources;
