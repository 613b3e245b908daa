//! What is in force, for a person to read.

use super::Configuration;
use crate::keys::{self, Default, Key};
use crate::secrets::is_secret;
use crate::setting::{Origin, Setting};

/// One key, as it may be shown: a secret is not in it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its section.
    pub section: String,
    /// Its name.
    pub name: String,
    /// The value; none for a secret, and where nothing is set.
    pub value: Option<String>,
    /// Whether it is a secret that is set.
    pub hidden: bool,
    /// Where it came from; `Default` also where nothing is set.
    pub origin: Origin,
    /// Where it is set in vain.
    pub overrides: Vec<Origin>,
    /// What should be said of it.
    pub note: Option<String>,
}

impl Configuration {
    /// Returns every key that counts, and every other one that somebody has set.
    pub fn shown(&self) -> Vec<Shown> {
        let known = keys::all().filter_map(|key| self.known(key));
        let sections = self.merged.sections();
        let own = sections.flat_map(|section| {
            let names = self.merged.keys(section).filter(move |name| keys::find(section, name).is_none());
            names.map(move |name| self.stranger(section, name))
        });
        known.chain(own).collect()
    }

    fn known(&self, key: &Key) -> Option<Shown> {
        let setting = self.setting(key);
        let is_wrong = setting.is_err();
        let set = setting.ok().flatten().filter(|setting| !setting.text.is_empty());
        if key.unused.is_some() && set.is_none() {
            return None;
        }
        let mut shown = Shown {
            section: key.section.into(),
            name: key.name.into(),
            value: None,
            hidden: set.is_some() && key.is_secret(),
            origin: set.as_ref().map_or(Origin::Default, |set| set.origin.clone()),
            overrides: self.overridden(key),
            note: key.unused.map(|why| format!("not used: {why}")),
        };
        let (section, name) = self.place(key);
        shown.hidden |= set.as_ref().is_some_and(|set| self.reveals(section, name, &set.text));
        match (set, key.default) {
            _ if is_wrong => shown.note = Some("cannot be filled in".into()),
            (Some(Setting { text, .. }), _) if !shown.hidden => shown.value = Some(without_password(&text)),
            (None, Default::Value(default)) => shown.value = Some(default.into()),
            (None, Default::Said(clause)) => shown.note = Some(clause.into()),
            (None, Default::Mandatory) => shown.note = Some("not set, but needed for a BOSS".into()),
            (None, Default::None) => shown.note = Some("not set".into()),
            (Some(_), _) => {}
        }
        Some(shown)
    }

    /// Tells whether a value names others by `%(name)s`, and has a secret in it now.
    fn reveals(&self, section: &str, name: &str, text: &str) -> bool {
        let names_others = |value: &crate::Value| value.text.as_ref().is_some_and(|raw| raw.contains("%("));
        self.merged.raw(section, name).is_some_and(names_others)
            && self.merged.secrets().any(|secret| text.contains(&secret))
    }

    /// Shows a key that is not ours. Its value might be a secret that was misspelt, unless it is a participant's own.
    fn stranger(&self, section: &str, name: &str) -> Shown {
        let value = self.merged.get(section, name).ok().flatten();
        let text = value.as_ref().and_then(|value| value.text.as_deref()).unwrap_or_default();
        let own = !keys::has_section(section) && !is_secret(name) && !self.reveals(section, name, text);
        let at = self.merged.own(section, name).expect("it was listed").at.clone();
        Shown {
            section: section.into(),
            name: name.into(),
            hidden: !own,
            value: value.and_then(|value| value.text).filter(|_| own).map(|text| without_password(&text)),
            origin: Origin::Line(at),
            overrides: Vec::new(),
            note: keys::has_section(section).then(|| "nothing reads it".into()),
        }
    }
}

/// Hides the password of a URL.
fn without_password(text: &str) -> String {
    let hide = |(scheme, rest): (&str, &str)| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (user, _) = rest[..end].rsplit_once('@')?.0.split_once(':')?;
        let host = &rest[rest[..end].rfind('@')?..];
        Some(format!("{scheme}://{user}:…{host}"))
    };
    text.split_once("://").and_then(hide).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn the_password_of_a_url_is_not_shown() {
        for (text, expected) in [
            ("http://boss:9292/x", "http://boss:9292/x"),
            ("http://me:hunter2@boss:9292/x", "http://me:…@boss:9292/x"),
            ("http://me:hunter@2@boss", "http://me:…@boss"),
            ("http://me@boss", "http://me@boss"),
            ("/a:b@c", "/a:b@c"),
        ] {
            assert_eq!(without_password(text), expected);
        }
    }
}
