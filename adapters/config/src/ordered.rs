//! A map that remembers the order its names came in, like Python's `dict`.

use std::collections::HashMap;

#[derive(Clone)]
pub(crate) struct Ordered<V> {
    values: Vec<(String, V)>,
    places: HashMap<String, usize>,
}

impl<V> Default for Ordered<V> {
    fn default() -> Ordered<V> {
        Ordered { values: Vec::new(), places: HashMap::new() }
    }
}

impl<V> Ordered<V> {
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.places.get(name).map(|place| &self.values[*place].1)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.places.get(name).map(|place| &mut self.values[*place].1)
    }

    /// Sets a value; a name that is there keeps its place.
    pub(crate) fn insert(&mut self, name: String, value: V) -> &mut V {
        let place = *self.places.entry(name.clone()).or_insert(self.values.len());
        if place == self.values.len() {
            self.values.push((name, value));
        } else {
            self.values[place].1 = value;
        }
        &mut self.values[place].1
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn into_entries(self) -> impl Iterator<Item = (String, V)> {
        self.values.into_iter()
    }
}
