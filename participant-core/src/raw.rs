//! A JSON object whose members stay the text they came as.
//!
//! Members are places in one shared text, so that reading a workitem copies it once and changing a field copies nothing.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Members in the order they came; a key may stand twice, and as in the engine the last one counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawObject(Vec<(Box<str>, Member)>);

#[derive(Clone, Debug)]
enum Member {
    Text(Text),
    /// An object that was opened to look at it or to change it.
    Object(RawObject),
}

/// The text of one JSON value, as a place in a text that others share.
///
/// Invariant: it is valid JSON.
#[derive(Clone)]
pub(crate) struct Text {
    whole: Arc<str>,
    place: Range<usize>,
}

impl RawObject {
    /// Reads an object; the members named in `open` have to be objects, and are opened in passing.
    pub(crate) fn parse(text: &Arc<str>, open: &[&str]) -> serde_json::Result<RawObject> {
        Members { whole: text, open }.read(text)
    }

    fn member(&self, key: &str) -> Option<&Member> {
        self.0.iter().rev().find(|(name, _)| **name == *key).map(|(_, member)| member)
    }

    pub(crate) fn get(&self, key: &str) -> Option<Text> {
        self.member(key).map(Member::text)
    }

    /// The member as an object of its own; `None` when it is missing or something else.
    pub(crate) fn object(&self, key: &str) -> Option<RawObject> {
        match self.member(key)? {
            Member::Object(object) => Some(object.clone()),
            Member::Text(text) => text.object(),
        }
    }

    /// The member as an object; `None` when it is missing, something else, or was never opened.
    pub(crate) fn opened(&self, key: &str) -> Option<&RawObject> {
        match self.member(key)? {
            Member::Object(object) => Some(object),
            Member::Text(_) => None,
        }
    }

    /// The member as an object to change; `None` when it is missing or something else.
    pub(crate) fn open(&mut self, key: &str) -> Option<&mut RawObject> {
        let (_, member) = self.0.iter_mut().rev().find(|(name, _)| **name == *key)?;
        if let Member::Text(text) = member {
            *member = Member::Object(text.object()?);
        }
        match member {
            Member::Object(object) => Some(object),
            Member::Text(_) => None,
        }
    }

    pub(crate) fn put(&mut self, key: &str, value: Text) {
        self.place(key, Member::Text(value));
    }

    fn place(&mut self, key: &str, member: Member) {
        match self.0.iter().rposition(|(name, _)| **name == *key) {
            Some(place) => self.0[place].1 = member,
            None => self.0.push((key.into(), member)),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| **name != *key);
    }

    /// Finds a value by keys joined with dots.
    pub(crate) fn find(&self, path: &str) -> Option<Text> {
        match path.split_once('.') {
            None => self.get(path),
            Some((key, rest)) => self.object(key)?.find(rest),
        }
    }

    /// Sets a value by keys joined with dots; what stands in the way and is no object becomes one.
    pub(crate) fn set(&mut self, path: &str, value: Text) {
        match path.split_once('.') {
            None => self.put(path, value),
            Some((key, rest)) => {
                if self.open(key).is_none() {
                    self.place(key, Member::Object(RawObject::default()));
                }
                self.open(key).expect("it was just placed").set(rest, value);
            }
        }
    }

    /// Drops a value by keys joined with dots.
    pub(crate) fn unset(&mut self, path: &str) {
        match path.split_once('.') {
            None => self.remove(path),
            Some((key, rest)) => {
                if let Some(inner) = self.open(key) {
                    inner.unset(rest);
                }
            }
        }
    }

    /// The text of the object.
    pub(crate) fn to_json(&self) -> String {
        let mut out = Vec::with_capacity(self.length());
        self.write(&mut out);
        String::from_utf8(out).expect("keys and members are UTF-8")
    }

    /// About how long the text is.
    fn length(&self) -> usize {
        let member = |(key, member): &(Box<str>, Member)| {
            key.len()
                + 4
                + match member {
                    Member::Text(text) => text.place.len(),
                    Member::Object(object) => object.length(),
                }
        };
        2 + self.0.iter().map(member).sum::<usize>()
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for (number, (key, member)) in self.0.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            serde_json::to_writer(&mut *out, key).expect("a text can be written to memory");
            out.push(b':');
            match member {
                Member::Text(text) => out.extend_from_slice(text.get().as_bytes()),
                Member::Object(object) => object.write(out),
            }
        }
        out.push(b'}');
    }
}

impl Member {
    fn text(&self) -> Text {
        match self {
            Member::Text(text) => text.clone(),
            Member::Object(object) => object.to_json().into(),
        }
    }
}

impl Text {
    pub(crate) fn get(&self) -> &str {
        &self.whole[self.place.clone()]
    }

    fn object(&self) -> Option<RawObject> {
        Members { whole: &self.whole, open: &[] }.read(self.get()).ok()
    }
}

/// From what is known to be JSON.
impl From<String> for Text {
    fn from(json: String) -> Text {
        Text { place: 0..json.len(), whole: json.into() }
    }
}

impl From<&RawValue> for Text {
    fn from(raw: &RawValue) -> Text {
        Text { place: 0..raw.get().len(), whole: raw.get().into() }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.get())
    }
}

/// The text of a value, as it goes on the wire.
pub(crate) fn raw(value: &Value) -> Text {
    value.to_string().into()
}

/// Reads an object whose text is a part of `whole`.
#[derive(Clone, Copy)]
struct Members<'a> {
    whole: &'a Arc<str>,
    open: &'a [&'a str],
}

impl Members<'_> {
    fn read(self, part: &str) -> serde_json::Result<RawObject> {
        let mut deserializer = serde_json::Deserializer::from_str(part);
        let object = self.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(object)
    }
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = RawObject;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawObject, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = RawObject;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Box<str>>()? {
            let member = if self.open.contains(&&*key) {
                Member::Object(map.next_value_seed(Members { open: &[], ..self })?)
            } else {
                let value = map.next_value::<&RawValue>()?.get();
                let from = value.as_ptr().addr() - self.whole.as_ptr().addr();
                Member::Text(Text { whole: self.whole.clone(), place: from..from + value.len() })
            };
            members.push((key, member));
        }
        Ok(RawObject(members))
    }
}
