//! The file in which osc keeps services and how to log in to them.
//!
//! Read as osc reads it, not as ConfigParser would: a password may have `%` and `;` in it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The services of a site.
#[derive(Clone, Debug, Default)]
pub struct Oscrc {
    /// In the order of the file.
    pub services: Vec<Service>,
}

/// One Open Build Service.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// The address of its API, without a slash at its end.
    pub api_url: String,
    /// Whom it knows us as; none asks without logging in.
    pub user: Option<String>,
    /// The password of the user.
    pub password: Option<String>,
    /// Short names.
    pub aliases: Vec<String>,
    /// Who signed its certificate, as a PEM file; none for the system's list.
    pub ca_file: Option<PathBuf>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("api_url", &self.api_url).finish_non_exhaustive()
    }
}

/// What is wrong with an oscrc; no password is in it.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {why}", file.display(), line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct OscrcError {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1, when it is about one.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl Service {
    /// Tells whether a workitem that says `name` means it.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        !name.is_empty()
            && (self.aliases.iter().any(|alias| alias == name) || self.api_url == name.trim_end_matches('/'))
    }

    /// Returns its first alias, else its address.
    pub(crate) fn name(&self) -> &str {
        self.aliases.first().unwrap_or(&self.api_url)
    }
}

impl Oscrc {
    /// Reads a file that nobody else on the machine may read: mode 0600, or 0640 for a group of its own.
    pub fn read(file: &Path) -> Result<Oscrc, OscrcError> {
        let wrong = |why: String| OscrcError { file: file.to_owned(), line: None, why };
        let metadata = std::fs::metadata(file).map_err(|error| wrong(format!("cannot read it: {error}")))?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o027 != 0 {
            return Err(wrong(format!(
                "it holds passwords and its mode is {mode:04o}, so that others can read or change it: chmod 600 {}",
                file.display()
            )));
        }
        if !metadata.is_file() || metadata.len() > 1 << 20 {
            return Err(wrong("it is no file, or longer than 1 MiB".into()));
        }
        let text =
            std::fs::read_to_string(file).map_err(|error| wrong(format!("cannot read it: {error}")))?;
        Oscrc::parse(file, &text)
    }

    /// Reads a text; `file` is for messages. Does no I/O.
    pub fn parse(file: &Path, text: &str) -> Result<Oscrc, OscrcError> {
        let mut services: Vec<Service> = Vec::new();
        let (mut ours, mut key_at) = (false, None);
        for (line, content) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let wrong =
                |why: &str| OscrcError { file: file.to_owned(), line: Some(line), why: why.to_owned() };
            let indent = content.len() - content.trim_start().len();
            let content = content.trim();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                key_at = None;
                ours = name.starts_with("https://") || name.starts_with("http://");
                if ours {
                    services.push(Service { api_url: address(name).map_err(wrong)?, ..Service::default() });
                }
                continue;
            }
            if key_at.is_some_and(|key_at| indent > key_at) {
                continue; // a value goes on, as that of http_headers; none of those we read does
            }
            let Some((key, value)) = content.split_once(['=', ':']) else {
                return Err(wrong("this line is neither `[section]` nor `key = value`"));
            };
            key_at = Some(indent);
            if let Some(service) = services.last_mut().filter(|_| ours) {
                service.set(key.trim(), value.trim()).map_err(wrong)?;
            }
        }
        Ok(Oscrc { services })
    }
}

impl Service {
    fn set(&mut self, key: &str, value: &str) -> Result<(), &'static str> {
        match key.to_ascii_lowercase().as_str() {
            "user" => self.user = Some(value.to_owned()),
            "pass" => self.password = Some(value.to_owned()),
            "aliases" => {
                let aliases = value.split(',').map(str::trim).filter(|alias| !alias.is_empty());
                self.aliases = aliases.map(str::to_owned).collect();
            }
            "cafile" => self.ca_file = Some(value.into()),
            "passx" | "credentials_mgr_class" | "keyring" => {
                return Err("passwords are read as `pass` only: write it so, in a file of mode 0600");
            }
            "sslcertck" if matches!(value.to_ascii_lowercase().as_str(), "0" | "no" | "false" | "off") => {
                return Err("certificates are always checked: name the signer's by `cafile` instead");
            }
            _ => {} // osc has many more
        }
        Ok(())
    }
}

/// Takes the address of a section.
fn address(name: &str) -> Result<String, &'static str> {
    let host = name.split_once("://").map_or("", |(_, rest)| rest);
    if host.is_empty() || host.contains(['@', '?', '#', ' ']) || name.contains(char::is_control) {
        return Err("this is no address of an API, as https://api.example is one; users stand below it");
    }
    Ok(name.trim_end_matches('/').to_owned())
}
