//! What somebody may have meant.

/// Returns the word nearest to a text, when it is near enough to be meant.
pub(crate) fn nearest<T: AsRef<str>>(text: &str, words: impl IntoIterator<Item = T>) -> Option<T> {
    const LONGEST: usize = 60; // nothing we know has more
    if text.chars().count() > LONGEST {
        return None;
    }
    let near = words.into_iter().map(|word| (distance(text, word.as_ref()), word));
    let near = near.filter(|(distance, word)| *distance <= word.as_ref().len().div_ceil(4));
    near.min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// Counts the signs to add, to leave out, to replace, or to swap with the next one.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<_>, Vec<_>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![(0..=to.len()).collect::<Vec<_>>()];
    for (line, sign) in from.iter().enumerate() {
        let mut row = vec![line + 1];
        for (column, other) in to.iter().enumerate() {
            let above = &rows[line];
            let mut least =
                (above[column] + usize::from(sign != other)).min(above[column + 1] + 1).min(row[column] + 1);
            if line > 0 && column > 0 && sign == &to[column - 1] && &from[line - 1] == other {
                least = least.min(rows[line - 1][column - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let words = ["amqp_host", "amqp_user", "queue", "grace"];
        for (text, expected) in [
            ("amqp_hsot", Some("amqp_host")),
            ("amqphost", Some("amqp_host")),
            ("amqp_usr", Some("amqp_user")),
            ("queu", Some("queue")),
            ("timeout", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, words), expected, "{text}");
        }
    }
}
