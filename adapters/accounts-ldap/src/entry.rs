//! What an entry says of a person.

use imaging::Known;
use ldap3::SearchEntry;

use crate::settings::Settings;

/// The longest text that is taken from an entry, in bytes.
const LONGEST: usize = 250;

/// Returns whom an entry is about, without groups; `None` when it has no such name.
pub(crate) fn known(settings: &Settings, entry: &SearchEntry, asked: &str) -> Option<Known> {
    let values = |name: &str| {
        let found = entry.attrs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, values)| values.as_slice()).unwrap_or_default()
    };
    let name = values(&settings.user_attr).iter().find(|name| name.eq_ignore_ascii_case(asked))?.clone();
    let first =
        |attribute: &String| values(attribute).first().map(|text| line(text)).filter(|text| !text.is_empty());
    let full_name: Vec<_> = settings.name_attrs.iter().filter_map(first).collect();
    Some(Known {
        name,
        full_name: line(&full_name.join(" ")),
        email: first(&settings.mail_attr).unwrap_or_default(),
        groups: [].into(),
    })
}

/// Returns a text as one line that is not long.
fn line(text: &str) -> String {
    let mut line = String::new();
    for sign in text.chars().filter(|sign| !sign.is_control()) {
        if line.len() + sign.len_utf8() > LONGEST {
            break;
        }
        line.push(sign);
    }
    line.trim().to_owned()
}

/// Tells whether a group is among those, whose names may be written otherwise.
pub(crate) fn is_member(dn: &str, groups: &[String]) -> bool {
    dn == "*" || groups.iter().any(|group| plain(group) == plain(dn))
}

fn plain(dn: &str) -> String {
    let parts = dn.split(',').map(|part| part.split('=').map(str::trim).collect::<Vec<_>>().join("="));
    parts.collect::<Vec<_>>().join(",").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_groups_are_compared_as_ldap_does() {
        let groups = ["CN=Img Admins,ou=groups,dc=example".to_owned()];
        assert!(is_member("cn=img admins, OU = groups, dc=example", &groups));
        assert!(!is_member("cn=img,ou=groups,dc=example", &groups));
        assert!(is_member("*", &[]));
    }

    #[test]
    fn a_text_of_the_server_is_one_short_line() {
        assert_eq!(line("a\r\nBcc: x "), "aBcc: x");
        assert_eq!(line(&"ä".repeat(200)).len(), 250);
    }
}
