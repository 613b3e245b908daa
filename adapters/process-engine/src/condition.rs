//! What stands behind `:if`, `:unless`, `:break_if` and `:rewind_if`.

use crate::substitute::{Sight, Template};

/// A question about the workitem, read when the definition is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    left: Template,
    right: Option<(Comparison, Template)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Same,
    Different,
}

/// What starts an operator of the Ruote engine, longest first where one begins another.
const OPERATORS: &[&str] = &["==", "!=", "=~", "!~", "&&", "||", ">=", "<=", ">", "<", "!", "="];

impl Condition {
    /// Reads a condition; says what this engine does not understand of it.
    pub(crate) fn parse(text: &str) -> Result<Condition, String> {
        let refused = || {
            format!(
                "cannot ask `{text}`: this engine asks '${{f:a}}', '${{f:a}} == word' and '${{f:a}} != word'"
            )
        };
        let blanked = without_values(text);
        let found = OPERATORS.iter().filter_map(|operator| Some((blanked.find(operator)?, *operator)));
        let first = found.min_by_key(|(place, operator)| (*place, std::cmp::Reverse(operator.len())));
        let (left, right) = match first {
            None => (text, None),
            Some((place, "==")) => (&text[..place], Some((Comparison::Same, &text[place + 2..]))),
            Some((place, "!=")) => (&text[..place], Some((Comparison::Different, &text[place + 2..]))),
            Some(_) => return Err(refused()),
        };
        let side = |side: &str| match is_word(side.trim()) {
            true => Template::parse(side.trim()),
            false => Err(refused()),
        };
        let left = side(left)?;
        let right = right.map(|(comparison, text)| side(text).map(|text| (comparison, text))).transpose()?;
        Ok(Condition { left, right })
    }

    /// Answers the question.
    pub(crate) fn holds(&self, sight: &Sight<'_>) -> bool {
        let left = self.left.text(sight);
        match &self.right {
            None => !matches!(left.trim(), "" | "false"),
            Some((Comparison::Same, right)) => same(&left, &right.text(sight)),
            Some((Comparison::Different, right)) => !same(&left, &right.text(sight)),
        }
    }
}

/// Compares numbers by what they are worth, everything else letter by letter.
fn same(left: &str, right: &str) -> bool {
    match (number(left.trim()), number(right.trim())) {
        (Some(left), Some(right)) => left == right,
        _ => left.trim() == right.trim(),
    }
}

fn number(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches('-');
    let plain = digits.starts_with(|first: char| first.is_ascii_digit())
        && text.ends_with(|last: char| last.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The text with every `${…}` blanked out, byte by byte, so that places in it are places in the text.
fn without_values(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').map_or(rest.len(), |end| start + end + 1);
        blanked.push_str(&rest[..start]);
        blanked.push_str(&"_".repeat(end - start));
        rest = &rest[end..];
    }
    blanked + rest
}

/// One word, or one value: nothing the Ruote engine would take apart further.
fn is_word(text: &str) -> bool {
    let blanked = without_values(text);
    !text.is_empty()
        && !blanked.contains(|letter: char| letter.is_whitespace() || "'\"()!=<>&|~".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Object;

    #[test]
    fn conditions_hold_as_in_ruote() {
        let fields = Object::parse(
            r#"{"__result__":false,"yes":true,"n":42,"arch":"armv7hl","no":"false","e":"","o":{"a":1}}"#,
        );
        let fields = fields.unwrap();
        let none = Object::default();
        let sight = Sight {
            fields: &fields,
            variables: vec![&none],
            wfid: "w",
            expid: "0".into(),
            room: &std::cell::Cell::new(1000),
        };
        for (text, holds) in [
            ("${__result__} == false", true),
            ("${__result__}==false", true),
            ("${__result__} != false", false),
            ("${f:missing} == false", false),
            ("${f:missing} != false", true),
            ("${f:arch} == armv7hl", true),
            ("${f:arch} != armv7hl", false),
            ("${f:n} == 42.0", true),
            ("${f:n} == 4e1", false),
            ("${f:missing}", false),
            ("${f:e}", false),
            ("${f:no}", false),
            ("${f:yes}", true),
            ("${f:n}", true),
            ("${f:o}", true),
            ("true", true),
            ("false", false),
        ] {
            assert_eq!(Condition::parse(text).unwrap().holds(&sight), holds, "{text}");
        }
    }

    #[test]
    fn other_questions_are_refused() {
        for text in [
            "${f:a} =~ /^arm/",
            "${f:a} > 1",
            "${f:a} is set",
            "${f:a} and ${f:b}",
            "${f:a} == 'b'",
            "${f:a} == b == c",
            "${f:a} ==",
            "== b",
            "",
            "(${f:a})",
            "!${f:a}",
            "${f:a} == b || c",
            "${f:a} == two words",
            "${r:x}",
            "${f:a} = b",
        ] {
            assert!(Condition::parse(text).is_err(), "{text}");
        }
    }
}
