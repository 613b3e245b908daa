//! A JSON object whose members stay the text they came as.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Members in the order they came; a key may stand twice, and as in the engine the last one counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawObject(Vec<(String, Box<RawValue>)>);

impl RawObject {
    pub(crate) fn parse(text: &[u8]) -> serde_json::Result<RawObject> {
        serde_json::from_slice(text)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&RawValue> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| &**value)
    }

    /// The member as an object; `None` when it is missing or something else.
    pub(crate) fn object(&self, key: &str) -> Option<RawObject> {
        self.get(key).and_then(|raw| RawObject::parse(raw.get().as_bytes()).ok())
    }

    pub(crate) fn put(&mut self, key: &str, value: Box<RawValue>) {
        match self.0.iter().rposition(|(name, _)| name == key) {
            Some(place) => self.0[place].1 = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    /// Finds a value by keys joined with dots.
    pub(crate) fn find(&self, path: &str) -> Option<Box<RawValue>> {
        match path.split_once('.') {
            None => self.get(path).map(ToOwned::to_owned),
            Some((key, rest)) => self.object(key)?.find(rest),
        }
    }

    /// Sets a value by keys joined with dots; what stands in the way and is no object becomes one.
    pub(crate) fn set(&mut self, path: &str, value: Box<RawValue>) {
        match path.split_once('.') {
            None => self.put(path, value),
            Some((key, rest)) => {
                let mut inner = self.object(key).unwrap_or_default();
                inner.set(rest, value);
                self.put(key, inner.to_raw());
            }
        }
    }

    /// Drops a value by keys joined with dots.
    pub(crate) fn unset(&mut self, path: &str) {
        match path.split_once('.') {
            None => self.remove(path),
            Some((key, rest)) => {
                if let Some(mut inner) = self.object(key) {
                    inner.unset(rest);
                    self.put(key, inner.to_raw());
                }
            }
        }
    }

    pub(crate) fn to_raw(&self) -> Box<RawValue> {
        serde_json::value::to_raw_value(self).expect("raw members are valid JSON already")
    }
}

/// The text of a value, as it goes on the wire.
pub(crate) fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("a JSON value always has a text")
}

impl Serialize for RawObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawObject, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawObject;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(RawObject(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
