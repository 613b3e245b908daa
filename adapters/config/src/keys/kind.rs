//! What the value of a key may be.

use crate::mistake::shown;

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text that `%(name)s` in it does not change.
    Pattern,
    /// A text for nobody else's eyes.
    Secret,
    /// A whole number of these, at least so many.
    Number(&'static str, u64),
    /// `yes` or `no`, in the words ConfigParser knows.
    YesNo,
    /// The absolute path of a folder.
    Folder,
    /// The path of a file.
    File,
    /// A URL.
    Address,
    /// A host, with or without a port.
    Host,
    /// The address of a network interface of this machine, with a port.
    Listen,
    /// Texts, separated by this sign; by commas in the files of the first version.
    List(char),
    /// IPv4 addresses and networks, separated by commas.
    Networks,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl Kind {
    /// Says what is wrong with a value, so that it follows the name of the key; none when nothing is.
    pub(crate) fn wrong(self, text: &str) -> Option<String> {
        let should = |form: &str| Some(format!("should be {form}, not `{}`", shown(text)));
        match self {
            Kind::Number(unit, least) => match text.parse::<u64>() {
                Ok(number) if number >= least => None,
                Ok(_) => should(&format!("at least {least}")),
                Err(_) => should(&format!("a number of {unit}")),
            },
            Kind::YesNo if yes_or_no(text).is_none() => should("yes or no"),
            Kind::Folder if !text.starts_with('/') => should("an absolute path"),
            Kind::Listen if text.parse::<std::net::SocketAddr>().is_err() => {
                should("an address and a port, as 127.0.0.1:9100")
            }
            Kind::Networks => networks(text).find(|one| !is_network(one)).map(|one| {
                format!("should be IPv4 addresses and networks, as 10.0.0.0/8, not `{}`", shown(one))
            }),
            Kind::OneOf(words) if !words.contains(&text.to_lowercase().as_str()) => {
                should(&words.join(" or "))
            }
            _ if text.contains('\n') => Some("has several lines: write it in one".into()),
            _ => None,
        }
    }

    /// Returns what the page calls it.
    pub(crate) fn words(self) -> String {
        match self {
            Kind::Text => "text".into(),
            Kind::Pattern => "text, taken as it is written".into(),
            Kind::Secret => "secret".into(),
            Kind::Number(unit, _) => format!("number of {unit}"),
            Kind::YesNo => "yes or no".into(),
            Kind::Folder => "folder".into(),
            Kind::File => "file".into(),
            Kind::Address => "URL".into(),
            Kind::Host => "host[:port]".into(),
            Kind::Listen => "address:port".into(),
            Kind::Networks => "IPv4 networks, separated by commas".into(),
            Kind::List(':') => "list, separated by colons".into(),
            Kind::List(_) => "list, separated by commas".into(),
            Kind::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        }
    }
}

fn networks(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

fn is_network(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unwrap_or((text, "32"));
    address.parse::<std::net::Ipv4Addr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 32)
}

/// Reads the words ConfigParser knows.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}
