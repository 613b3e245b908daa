//! "Did you mean": the nearest known name.

/// Longer words are not looked at: they are no slip of a finger.
const LONGEST: usize = 32;

/// Returns a sentence that offers the nearest of `known`, when one is near enough.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    if word.len() > LONGEST {
        return None;
    }
    let allowed = 1 + word.trim_start_matches(['-', '%']).chars().count() / 4;
    let nearest = known.map(|name| (distance(word, name), name)).min()?;
    (nearest.0 <= allowed).then(|| format!("did you mean `{}`?", nearest.1))
}

/// Returns how many letters must be put in, left out, changed or swapped with a neighbour; case costs nothing.
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.to_lowercase().chars().collect();
    let to: Vec<char> = to.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let mut cost = (above[j] + usize::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[to.len()]
}
