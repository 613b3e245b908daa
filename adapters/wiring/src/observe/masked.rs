//! A workitem for other people's eyes: without passwords.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

/// What stands in place of a secret.
const HIDDEN: &str = "***";

/// How the names of secrets end.
const SECRETS: [&str; 6] = ["pwd", "pass", "passwd", "password", "secret", "token"];

/// The password in an address, and what a command of a kickstart gives to `--password` and its like.
static PASSWORDS: LazyLock<Regex> = LazyLock::new(|| {
    let address = r"(?P<address>[a-zA-Z][a-zA-Z0-9+.-]*://[^ \t\n/@:]*:)[^ \t\n/@]+@";
    let option = r"(?P<option>--(?:[a-z0-9-]*pass[a-z]*|pw|wepkey|activationkey)(?:=|[ \t]+))[^ \t\n]+";
    Regex::new(&format!("{address}|{option}")).expect("a regular expression")
});

/// Commands of a kickstart whose argument is a password.
const COMMANDS: [&str; 2] = ["rootpw", "sshpw"];

/// Hides what looks like a password: in addresses, in kickstarts, and where the name says so.
pub(super) fn masked(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(masked_text(&text)),
        Value::Array(values) => values.into_iter().map(masked).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let value = if is_secret(&name, &value) { HIDDEN.into() } else { masked(value) };
                (name, value)
            })
            .collect(),
        other => other,
    }
}

fn is_secret(name: &str, value: &Value) -> bool {
    let name = name.to_lowercase();
    !matches!(value, Value::Null | Value::Bool(_)) && SECRETS.iter().any(|end| name.ends_with(end))
}

fn masked_text(text: &str) -> String {
    let lines: String = text.split_inclusive('\n').map(masked_line).collect();
    let hide = |found: &Captures<'_>| match (found.name("address"), found.name("option")) {
        (Some(address), _) => format!("{}{HIDDEN}@", address.as_str()),
        (None, option) => format!("{}{HIDDEN}", option.map_or("", |option| option.as_str())),
    };
    PASSWORDS.replace_all(&lines, hide).into_owned()
}

/// Hides the words of a line that sets a password.
fn masked_line(line: &str) -> Cow<'_, str> {
    let mut words = line.split_whitespace();
    let Some(command) = words.next().filter(|word| COMMANDS.contains(word)) else { return line.into() };
    let end = if line.ends_with('\n') { "\n" } else { "" };
    let words = words.map(|word| if word.starts_with("--") { word } else { HIDDEN });
    Cow::Owned([command].into_iter().chain(words).collect::<Vec<_>>().join(" ") + end)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_looks_like_a_password_is_hidden() {
        for (text, expected) in [
            ("http://u:p@h/x y://:q@h", "http://u:***@h/x y://:***@h"),
            ("http://h:80/x and a@b", "http://h:80/x and a@b"),
            ("rootpw s3cret\nlang C", "rootpw ***\nlang C"),
            ("lang C\n  rootpw --iscrypted $6$x$y  \n", "lang C\nrootpw --iscrypted ***\n"),
            ("rootpw 's3 cret' --plaintext", "rootpw *** *** --plaintext"),
            ("user --name=a --password=s3cret --groups=b", "user --name=a --password=*** --groups=b"),
            ("user --password s3cret", "user --password ***"),
            (
                "part / --passphrase=x\nbootloader --md5pass=1",
                "part / --passphrase=***\nbootloader --md5pass=***",
            ),
            ("rootpw --lock", "rootpw --lock"),
            ("%post\npasswd -d root\n", "%post\npasswd -d root\n"),
        ] {
            assert_eq!(masked_text(text), expected, "{text}");
        }
        assert_eq!(
            masked(json!({ "a": [{ "AMQP_PWD": "x", "pass": null, "passed": "x" }], "n": 1 })),
            json!({ "a": [{ "AMQP_PWD": "***", "pass": null, "passed": "x" }], "n": 1 })
        );
    }
}
