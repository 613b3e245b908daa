//! What the pure part needs from outside: the time, and names nobody used before.

use jiff::Timestamp;
use uuid::Uuid;

/// The outside, so that tests can make it stand still.
pub(crate) trait World: Send {
    /// The time as the Ruote engine writes it: `2026-11-21 07:39:38.980797 UTC`.
    fn now(&mut self) -> String;
    /// The id of one visit to one step: 32 hexadecimal digits.
    fn subid(&mut self) -> String;
}

/// The real one.
#[derive(Debug)]
pub(crate) struct Outside;

impl World for Outside {
    fn now(&mut self) -> String {
        Timestamp::now().strftime("%Y-%m-%d %H:%M:%S.%6f UTC").to_string()
    }

    fn subid(&mut self) -> String {
        Uuid::new_v4().simple().to_string()
    }
}

const CONSONANTS: &[&str] =
    &["b", "ch", "d", "g", "h", "j", "k", "m", "n", "p", "r", "s", "sh", "t", "ts", "z"];
const VOWELS: &[&str] = &["a", "e", "i", "o", "u"];

/// A new process instance id: the minute, and two words that can be read aloud.
pub(crate) fn wfid() -> String {
    let mut random = Uuid::new_v4().as_u128();
    let mut word = || -> String {
        let mut syllable = || {
            let number = (random % 80) as usize;
            random /= 80;
            format!("{}{}", CONSONANTS[number / 5], VOWELS[number % 5])
        };
        (0..4).map(|_| syllable()).collect()
    };
    let words = format!("{}-{}", word(), word());
    format!("{}-{words}", Timestamp::now().strftime("%Y%m%d-%H%M"))
}

/// Milliseconds since 1970, as the store keeps times.
pub(crate) fn milliseconds() -> i64 {
    Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_as_recorded() {
        let wfid = wfid();
        let parts: Vec<&str> = wfid.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>()[..2], [8, 4]);
        assert!(
            parts[2..].iter().all(|word| word.bytes().all(|letter| letter.is_ascii_lowercase()))
                && parts.len() == 4
        );
        assert_eq!(Outside.now().len(), "2026-11-21 07:39:38.980797 UTC".len());
        assert_eq!(Outside.subid().len(), 32);
    }
}
