//! JSON objects whose members stay the text they came as.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// Longer paths are a mistake, or an attempt on the stack.
const LONGEST_PATH: usize = 64;

/// Members in the order they came; a key that came twice counts once, with its last value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(Vec<(String, Box<RawValue>)>);

impl Object {
    pub(crate) fn parse(text: &str) -> serde_json::Result<Object> {
        serde_json::from_str(text)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&RawValue> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| &**value)
    }

    /// The member as an object; `None` when it is missing or something else.
    pub(crate) fn object(&self, key: &str) -> Option<Object> {
        self.get(key).and_then(|raw| Object::parse(raw.get()).ok())
    }

    /// The member as a text; `None` when it is missing or something else.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// Replaces a member where it stands, or adds it at the end.
    pub(crate) fn put(&mut self, key: &str, value: Box<RawValue>) {
        match self.0.iter().position(|(name, _)| name == key) {
            Some(place) => self.0[place].1 = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Box<RawValue>> {
        let place = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(place).1)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn members(&self) -> &[(String, Box<RawValue>)] {
        &self.0
    }

    /// Finds a value by keys joined with dots; a number picks from a list.
    pub(crate) fn find(&self, path: &str) -> Option<Box<RawValue>> {
        if is_too_long(path) {
            return None;
        }
        match path.split_once('.') {
            None => self.get(path).map(ToOwned::to_owned),
            Some((key, rest)) => within(self.get(key)?, rest),
        }
    }

    /// Sets a value by keys joined with dots, as the Ruote engine does: where a key on the way is missing, the whole
    /// path becomes one key of this object. Says what stood in the way when that was no object.
    pub(crate) fn set(&mut self, path: &str, value: Box<RawValue>) -> Result<(), String> {
        if is_too_long(path) {
            return Err(format!("it has more than {LONGEST_PATH} keys"));
        }
        match self.set_inside(path, value) {
            Ok(()) => Ok(()),
            Err(Blocked::Missing(value)) => {
                self.put(path, value);
                Ok(())
            }
            Err(Blocked::NoObject(key)) => Err(format!("`{key}` is there and no object")),
        }
    }

    fn set_inside(&mut self, path: &str, value: Box<RawValue>) -> Result<(), Blocked> {
        let Some((key, rest)) = path.split_once('.') else {
            self.put(path, value);
            return Ok(());
        };
        let inner = match self.get(key) {
            None => return Err(Blocked::Missing(value)),
            Some(raw) if raw.get() == "null" => return Err(Blocked::Missing(value)),
            Some(raw) => Object::parse(raw.get()),
        };
        let mut inner = inner.map_err(|_| Blocked::NoObject(key.to_owned()))?;
        inner.set_inside(rest, value)?;
        self.put(key, inner.to_raw());
        Ok(())
    }

    pub(crate) fn to_raw(&self) -> Box<RawValue> {
        raw(self)
    }
}

enum Blocked {
    Missing(Box<RawValue>),
    NoObject(String),
}

fn is_too_long(path: &str) -> bool {
    path.matches('.').count() >= LONGEST_PATH
}

fn within(value: &RawValue, path: &str) -> Option<Box<RawValue>> {
    if let Ok(object) = Object::parse(value.get()) {
        return object.find(path);
    }
    let list: Vec<Box<RawValue>> = serde_json::from_str(value.get()).ok()?;
    let (place, rest) = path.split_once('.').map_or((path, None), |(place, rest)| (place, Some(rest)));
    let element = list.get(place.parse::<usize>().ok()?)?;
    match rest {
        None => Some(element.clone()),
        Some(rest) => within(element, rest),
    }
}

/// The JSON text of a value.
pub(crate) fn raw<T: Serialize + ?Sized>(value: &T) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("texts, lists and raw members always have a JSON text")
}

/// Tells whether a member counts as there, in Ruby's sense of true.
pub(crate) fn is_true(value: Option<&RawValue>) -> bool {
    !matches!(value.map(RawValue::get), None | Some("null" | "false"))
}

impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        let text = |object: &Object| object.to_raw().get().to_owned();
        text(self) == text(other)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object::default();
                let mut places = std::collections::HashMap::new();
                while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    match places.get(&key) {
                        Some(&place) => {
                            let member: &mut (String, Box<RawValue>) = &mut object.0[place];
                            member.1 = value;
                        }
                        None => {
                            places.insert(key.clone(), object.0.len());
                            object.0.push((key, value));
                        }
                    }
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untouched_members_keep_their_text_and_place() {
        let text = r#"{"b":1.50,"a":{"z":123456789012345678901234567890,"y":"\u00e9"},"c":-0}"#;
        let mut object = Object::parse(text).unwrap();
        assert_eq!(object.to_raw().get(), text);
        object.set("a.y", raw("e")).unwrap();
        assert_eq!(object.to_raw().get(), text.replace(r"\u00e9", "e"));
    }

    #[test]
    fn paths_are_followed_as_in_ruote() {
        let mut object = Object::parse(r#"{"a":{"l":[{"x":7}]},"t":"text","n":null,"k":1,"k":2}"#).unwrap();
        let found = |object: &Object, path: &str| object.find(path).map(|raw| raw.get().to_owned());
        assert_eq!(found(&object, "a.l.0.x").as_deref(), Some("7"));
        assert_eq!(found(&object, "a.l.1.x"), None);
        assert_eq!(found(&object, "t.x"), None);
        assert_eq!(found(&object, "k").as_deref(), Some("2"));
        object.set("x.y", raw(&1)).unwrap();
        object.set("n.y.z", raw(&1)).unwrap();
        assert_eq!(object.get("x.y").map(RawValue::get), Some("1"));
        assert_eq!(object.get("n.y.z").map(RawValue::get), Some("1"));
        assert!(object.set("t.x", raw(&1)).is_err());
        assert!(object.set(&"a.".repeat(100_000), raw(&1)).is_err());
        assert_eq!(found(&object, &"a.".repeat(100_000)), None);
    }
}
