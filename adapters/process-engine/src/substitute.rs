//! What `${f:image.name}` and `$f:num` in a text stand for.

use std::cell::Cell;

use serde_json::value::RawValue;

use crate::json::{Object, raw};
use crate::ruby;

/// A text of a definition, in which values may have to be put.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    /// As it was written.
    pub(crate) source: String,
    form: Form,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// `$f:num`: the value itself.
    Whole(Source),
    /// Texts with values between them.
    Mixed(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Of(Source),
}

#[derive(Clone, Debug, PartialEq)]
enum Source {
    Field(String),
    Variable(String),
    Wfid,
    Expid,
}

/// What a step can see.
#[derive(Debug)]
pub(crate) struct Sight<'a> {
    pub(crate) fields: &'a Object,
    /// Of the step's own process or sub-process first, then of those around it.
    pub(crate) variables: Vec<&'a Object>,
    pub(crate) wfid: &'a str,
    pub(crate) expid: String,
    /// How much text may still be put into templates; 0 says that it was not enough.
    pub(crate) room: &'a Cell<usize>,
}

/// Names without a prefix that mean something else than a field to the Ruote engine.
const RESERVED: &[&str] = &[
    "fei",
    "subid",
    "sub_wfid",
    "engine_id",
    "tags",
    "full_tags",
    "participant_name",
    "wf_name",
    "sub_wf_name",
];

impl Template {
    /// Reads a text; says what in it this engine does not put values for.
    pub(crate) fn parse(text: &str) -> Result<Template, String> {
        let source = text.to_owned();
        if let Some(name) = text.strip_prefix('$').filter(|name| !name.starts_with('{') && is_name(name)) {
            let known = ["f:", "v:"].iter().any(|prefix| name.starts_with(prefix));
            let whole = if known { read_source(name)? } else { return Err(refusal(text)) };
            return Ok(Template { source, form: Form::Whole(whole) });
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after.split_once('}').ok_or("`${` has no end")?;
            if before.ends_with('\\') {
                return Err("`\\$` is not known".into());
            }
            push_text(&mut parts, before);
            parts.push(Part::Of(read_source(name)?));
            rest = behind;
        }
        push_text(&mut parts, rest);
        Ok(Template { source, form: Form::Mixed(parts) })
    }

    /// Returns the text when there is nothing to put into it.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &self.form {
            Form::Mixed(parts) if parts.iter().all(|part| matches!(part, Part::Text(_))) => {
                Some(&self.source)
            }
            Form::Mixed(_) | Form::Whole(_) => None,
        }
    }

    /// Returns the value with everything put in: a text, or for `$f:num` whatever the field holds.
    pub(crate) fn value(&self, sight: &Sight<'_>) -> Box<RawValue> {
        match &self.form {
            Form::Whole(source) => source.value(sight).unwrap_or_else(|| raw(&())),
            Form::Mixed(_) => raw(&self.text(sight)),
        }
    }

    /// Returns the text with everything put in.
    pub(crate) fn text(&self, sight: &Sight<'_>) -> String {
        match &self.form {
            Form::Whole(source) => source.text(sight),
            Form::Mixed(parts) => parts.iter().map(|part| part.text(sight)).collect(),
        }
    }
}

impl Part {
    fn text(&self, sight: &Sight<'_>) -> String {
        match self {
            Part::Text(text) => text.clone(),
            Part::Of(source) => source.text(sight),
        }
    }
}

impl Source {
    fn text(&self, sight: &Sight<'_>) -> String {
        let text = self.value(sight).map(|value| ruby::text(&value)).unwrap_or_default();
        sight.room.set(sight.room.get().saturating_sub(text.len()));
        if sight.room.get() == 0 { String::new() } else { text }
    }

    fn value(&self, sight: &Sight<'_>) -> Option<Box<RawValue>> {
        match self {
            Source::Field(path) => sight.fields.find(path),
            Source::Variable(path) => {
                let name = path.split('.').next().unwrap_or_default();
                let holder = sight.variables.iter().find(|variables| variables.get(name).is_some());
                holder.and_then(|variables| variables.find(path))
            }
            Source::Wfid => Some(raw(sight.wfid)),
            Source::Expid => Some(raw(&sight.expid)),
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

fn read_source(name: &str) -> Result<Source, String> {
    match name.split_once(':') {
        Some(("f" | "fld" | "field", path)) if is_path(path) => Ok(Source::Field(path.into())),
        Some(("v" | "var" | "variable", path)) if is_path(path) => Ok(Source::Variable(path.into())),
        None if name == "wfid" => Ok(Source::Wfid),
        None if name == "expid" => Ok(Source::Expid),
        None if is_path(name) && !RESERVED.contains(&name) => Ok(Source::Field(name.into())),
        _ => Err(refusal(&format!("${{{name}}}"))),
    }
}

fn refusal(text: &str) -> String {
    format!(
        "cannot put a value for `{text}`: this engine knows ${{f:a.b}}, ${{v:name}}, ${{wfid}} and \"$f:name\""
    )
}

/// Keys joined with dots.
fn is_path(text: &str) -> bool {
    text.split('.').all(|key| {
        !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || "_-@+".contains(letter))
    })
}

/// What might be meant as a name behind a dollar: no amount of money, no sentence.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && !text.contains([' ', '$', '{', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_as_recorded() {
        let fields = r#"{"image":{"name":"nm","arch":"armv7hl"},"num":42,"__result__":false,"l":["a"],"x":"y","n":null}"#;
        let fields = Object::parse(fields).unwrap();
        let (inner, outer) =
            (Object::parse(r#"{"v":"in"}"#).unwrap(), Object::parse(r#"{"v":"out","w":1}"#).unwrap());
        let sight = Sight {
            fields: &fields,
            variables: vec![&inner, &outer],
            wfid: "W",
            expid: "0_1".into(),
            room: &Cell::new(1000),
        };
        for (text, value) in [
            ("cursor ${__result__} ${v:v} ${f:image.arch} [${f:nope}]", r#""cursor false in armv7hl []""#),
            ("${f:image}", r#""{\"name\"=>\"nm\", \"arch\"=>\"armv7hl\"}""#),
            ("${f:num}", r#""42""#),
            ("$f:num", "42"),
            ("$f:image", r#"{"name":"nm","arch":"armv7hl"}"#),
            ("$f:nope", "null"),
            ("${f:n}${v:w}${wfid}${expid}", r#""1W0_1""#),
            ("${f:l.0}${f:x.y}", r#""a""#),
            ("costs 5$ or $5", r#""costs 5$ or $5""#),
        ] {
            assert_eq!(Template::parse(text).unwrap().value(&sight).get(), value, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in [
            "${r:1+1}",
            "${f:a",
            "${}",
            "${f:}",
            "${a${f:b}}",
            "$nada",
            "$r:x",
            "${f:a||b}",
            "${fei}",
            "\\${f:a}",
        ] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
