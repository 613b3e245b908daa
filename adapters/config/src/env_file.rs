//! `.env` files: assignments as a shell would read simple ones; nothing is executed.

use std::path::Path;

use crate::file;
use crate::lines::trim;
use crate::mistake::{At, Mistake, Mistakes, shown};

/// `NAME=value` in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    /// The value; what is wrong with it otherwise, which matters only to who needs it.
    pub(crate) value: Result<String, Mistake>,
    pub(crate) at: At,
}

/// Reads a file; returns what can be read of it, and all its mistakes.
pub(crate) fn read(path: &Path) -> (Vec<Assignment>, Vec<Mistake>) {
    let text = match file::text(path).and_then(|text| file::no_nul(path, &text).map(|()| text)) {
        Ok(text) => text,
        Err(mistake) => return (Vec::new(), vec![mistake]),
    };
    let (mut found, mut mistakes) = (Vec::<Assignment>::new(), Vec::new());
    for (number, line) in (1..).zip(text.strip_prefix('\u{feff}').unwrap_or(&text).lines()) {
        let at = At { file: path.to_owned(), line: number };
        let line = trim(line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match assignment(line, &at) {
            Err(mistake) => mistakes.push(mistake),
            Ok(new) => {
                if let Some(first) = found.iter().find(|known| known.name == new.name) {
                    let (name, line) = (shown(&new.name), first.at.line);
                    let message = format!("`{name}` is set a second time: keep this line or line {line}");
                    mistakes.push(Mistake::in_line(&at, message));
                }
                found.push(new);
            }
        }
    }
    (found, if mistakes.is_empty() { mistakes } else { Mistakes::counted(path, mistakes).0 })
}

fn assignment(line: &str, at: &At) -> Result<Assignment, Mistake> {
    let bare = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).map_or(line, trim);
    let split = bare.split_once('=').filter(|(name, _)| is_name(name));
    let Some((name, value)) = split else {
        return Err(Mistake::in_line(
            at,
            "this is no assignment: write NAME=value, without blanks around the `=`",
        ));
    };
    let value =
        unquoted(value).map_err(|why| Mistake::in_line(at, format!("the value of `{}` {why}", shown(name))));
    Ok(Assignment { name: name.to_owned(), value, at: at.clone() })
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Returns the value a shell would make of a word, with nothing but a comment behind it.
fn unquoted(text: &str) -> Result<String, &'static str> {
    let mut value = String::new();
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\'' => loop {
                match signs.next().ok_or("has a quote `'` that is not closed in this line")? {
                    '\'' => break,
                    inner => value.push(inner),
                }
            },
            '"' => loop {
                match signs.next().ok_or("has a quote `\"` that is not closed in this line")? {
                    '"' => break,
                    '$' | '`' => return Err(EXPANDED),
                    '\\' => match signs.next() {
                        Some(escaped @ ('"' | '\\' | '$' | '`')) => value.push(escaped),
                        Some(other) => value.extend(['\\', other]),
                        None => return Err("ends in a `\\`: write it in one line"),
                    },
                    inner => value.push(inner),
                }
            },
            '\\' => value.push(signs.next().ok_or("ends in a `\\`: write it in one line")?),
            '$' | '`' => return Err(EXPANDED),
            ';' | '&' | '|' | '<' | '>' | '(' | ')' => {
                return Err("has a sign that a shell obeys: put the value in single quotes");
            }
            ' ' | '\t' => {
                let rest = trim(signs.as_str());
                let nothing = rest.is_empty() || rest.starts_with('#');
                return if nothing { Ok(value) } else { Err("has a blank: put it in quotes") };
            }
            _ => value.push(sign),
        }
    }
    Ok(value)
}

const EXPANDED: &str =
    "has a sign that a shell would replace, which is not done here: put it in single quotes";

#[cfg(test)]
mod tests {
    use super::{EXPANDED, unquoted};

    #[test]
    fn a_value_is_what_a_shell_would_make_of_it() {
        let table = [
            ("", Ok("")),
            ("plain", Ok("plain")),
            ("a=b", Ok("a=b")),
            ("x # why", Ok("x")),
            ("x#y", Ok("x#y")),
            ("'a b' # why", Ok("a b")),
            ("'$HOME `id`'", Ok("$HOME `id`")),
            (r#""a \"b\" \\ \$x \n""#, Ok(r#"a "b" \ $x \n"#)),
            (r"a\ b\$", Ok("a b$")),
            ("a'b'\"c\"", Ok("abc")),
            ("$HOME", Err(EXPANDED)),
            ("\"`id`\"", Err(EXPANDED)),
            ("$(id)", Err(EXPANDED)),
            ("a b", Err("has a blank: put it in quotes")),
            ("a;b", Err("has a sign that a shell obeys: put the value in single quotes")),
            ("'a", Err("has a quote `'` that is not closed in this line")),
            ("\"a", Err("has a quote `\"` that is not closed in this line")),
            ("a\\", Err("ends in a `\\`: write it in one line")),
        ];
        for (text, expected) in table {
            assert_eq!(unquoted(text), expected.map(str::to_owned), "{text}");
        }
    }
}
