//! What the value of a key may be.

use std::net::IpAddr;

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
    /// A whole number of these, from one to another.
    Between(&'static str, u64, u64),
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
    Ipv4Networks,
    /// Addresses and networks of either kind, separated by commas.
    Networks,
    /// So many bytes, as people write it; `none` and 0 mean no limit.
    Size,
    /// Processors, parts of one included; `none` means no limit.
    Cores,
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
            Kind::Between(unit, least, most) => match text.parse::<u64>() {
                Ok(number) if (least..=most).contains(&number) => None,
                _ => should(&format!("a number of {unit} from {least} to {most}")),
            },
            Kind::YesNo if yes_or_no(text).is_none() => should("yes or no"),
            Kind::Folder if !text.starts_with('/') => should("an absolute path"),
            Kind::Listen if text.parse::<std::net::SocketAddr>().is_err() => {
                should("an address and a port, as 127.0.0.1:9100")
            }
            Kind::Ipv4Networks => networks(text).find(|one| !is_network(one, IpAddr::is_ipv4)).map(|one| {
                format!("should be IPv4 addresses and networks, as 10.0.0.0/8, not `{}`", shown(one))
            }),
            Kind::Networks => networks(text).find(|one| !is_network(one, |_| true)).map(|one| {
                format!("should be addresses and networks, as 10.0.0.0/8 or fd00::/8, not `{}`", shown(one))
            }),
            Kind::Size if bytes(text).is_none() => should("a size, as 500 MB, 20 GB or none"),
            Kind::Cores if percent(text).is_none() => should("a number of processors, as 2, 1.5 or none"),
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
            Kind::Between(unit, least, most) => format!("number of {unit}, {least} to {most}"),
            Kind::YesNo => "yes or no".into(),
            Kind::Folder => "folder".into(),
            Kind::File => "file".into(),
            Kind::Address => "URL".into(),
            Kind::Host => "host[:port]".into(),
            Kind::Listen => "address:port".into(),
            Kind::Size => "size, as 500 MB or 20 GB".into(),
            Kind::Cores => "number of processors".into(),
            Kind::Ipv4Networks => "IPv4 networks, separated by commas".into(),
            Kind::Networks => "networks, separated by commas".into(),
            Kind::List(':') => "list, separated by colons".into(),
            Kind::List(_) => "list, separated by commas".into(),
            Kind::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        }
    }
}

/// Reads a size: a number, whole or not, and a unit; one without a unit is of bytes.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    if text.eq_ignore_ascii_case("none") {
        return Some(0);
    }
    let (number, unit) =
        text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
    let unit: u64 = match unit.trim().to_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    let thousandths = thousandths(number)?;
    u64::try_from(u128::from(thousandths) * u128::from(unit) / 1000).ok()
}

/// Reads a number of processors, in hundredths, of which there is at least one; 0 of them means no limit.
pub(crate) fn percent(text: &str) -> Option<u64> {
    if text.eq_ignore_ascii_case("none") {
        return Some(0);
    }
    // 0 would be no processor at all, which nobody means, or no limit, which is not what it says
    thousandths(text).map(|number| number / 10).filter(|percent| *percent > 0)
}

fn thousandths(number: &str) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(part) {
        return None;
    }
    let part: u64 = format!("{part:0<3}")[..3].parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(part)
}

fn networks(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

fn is_network(text: &str, is_wanted: impl Fn(&IpAddr) -> bool) -> bool {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Some(address) = address.parse().ok().filter(is_wanted) else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

/// Reads the words ConfigParser knows.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_processors_are_read_as_people_write_them() {
        for (text, read) in [
            ("20 GB", Some(20_000_000_000)),
            ("20gb", Some(20_000_000_000)),
            ("1.5G", Some(1_500_000_000)),
            ("512 MiB", Some(512 << 20)),
            ("4096", Some(4096)),
            ("0", Some(0)),
            ("none", Some(0)),
            ("much", None),
            ("-1 GB", None),
            ("1 gallon", None),
            (".5 GB", None),
            ("99999999999 TB", None),
        ] {
            assert_eq!(bytes(text), read, "{text}");
        }
        for (text, read) in [
            ("1.5", Some(150)),
            ("2", Some(200)),
            ("0.25", Some(25)),
            ("none", Some(0)),
            ("0", None),
            ("0.001", None),
            ("two", None),
            ("1,5", None),
        ] {
            assert_eq!(percent(text), read, "{text}");
        }
    }

    #[test]
    fn networks_are_told_from_other_texts() {
        assert_eq!(Kind::Ipv4Networks.wrong("10.0.0.0/8, 192.0.2.1"), None);
        let wrong = Kind::Ipv4Networks.wrong("10.0.0.0/8, fd00::/8").unwrap();
        assert!(wrong.contains("not `fd00::/8`"), "{wrong}");
        assert_eq!(Kind::Networks.wrong("10.0.0.0/8, ::1, fd00::/8"), None);
        for bad in ["10.0.0.0/33", "fd00::/129", "proxy", "::1/", "fd00::/+8x"] {
            let wrong = Kind::Networks.wrong(bad).unwrap();
            assert!(wrong.contains(&format!("not `{bad}`")), "{wrong}");
        }
    }
}
