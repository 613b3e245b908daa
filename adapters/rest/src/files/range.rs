//! Which part of a file is wanted.

use axum::http::HeaderMap;
use axum::http::header::{IF_RANGE, RANGE};

use imaging::Span;

/// What `Range` says. Several parts at once are answered with the whole, as RFC 9110 allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Whole,
    From(u64, Option<u64>),
    Last(u64),
}

/// Reads `Range`; it does not count when `If-Range` names another version.
pub(super) fn wanted(headers: &HeaderMap, etag: Option<&str>) -> Wanted {
    let named = headers.get(IF_RANGE).map(|value| value.to_str().unwrap_or_default());
    if named.is_some() && named != etag {
        return Wanted::Whole;
    }
    let text = headers.get(RANGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    read(text).unwrap_or(Wanted::Whole)
}

fn read(text: &str) -> Option<Wanted> {
    let (from, to) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (from.trim(), to.trim()) {
        ("", last) => number(last).map(Wanted::Last),
        (from, "") => number(from).map(|from| Wanted::From(from, None)),
        (from, to) => {
            let (from, to) = (number(from)?, number(to)?);
            (from <= to).then_some(Wanted::From(from, Some(to)))
        }
    }
}

impl Wanted {
    /// Returns the part of a file of this size, its last byte included; `Err` when there is none.
    pub(super) fn of(self, size: u64) -> Result<Option<(u64, u64)>, ()> {
        match self {
            Wanted::Whole => Ok(None),
            Wanted::Last(0) => Err(()),
            Wanted::Last(_) if size == 0 => Err(()),
            Wanted::Last(last) => Ok(Some((size.saturating_sub(last), size - 1))),
            Wanted::From(from, _) if from >= size => Err(()),
            Wanted::From(from, to) => Ok(Some((from, to.unwrap_or(u64::MAX).min(size - 1)))),
        }
    }

    /// Returns the part to ask another machine for, whose size is not known.
    pub(super) fn span(self) -> Option<Span> {
        match self {
            Wanted::From(from, to) => Some(Span { from, to }),
            Wanted::Whole | Wanted::Last(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_part_of_the_file_or_none() {
        for (text, size, part) in [
            ("bytes=0-3", 10, Ok(Some((0, 3)))),
            ("bytes=4-", 10, Ok(Some((4, 9)))),
            ("bytes=4-999", 10, Ok(Some((4, 9)))),
            ("bytes=-3", 10, Ok(Some((7, 9)))),
            ("bytes=-30", 10, Ok(Some((0, 9)))),
            ("bytes=10-", 10, Err(())),
            ("bytes=-0", 10, Err(())),
            ("bytes=-1", 0, Err(())),
            ("bytes=0-0", 0, Err(())),
            ("bytes=3-1", 10, Ok(None)),
            ("bytes=0-1,4-5", 10, Ok(None)),
            ("lines=0-1", 10, Ok(None)),
            ("bytes=99999999999999999999-", 10, Ok(None)),
            ("", 10, Ok(None)),
        ] {
            let read = read(text).unwrap_or(Wanted::Whole);
            assert_eq!(read.of(size), part, "{text}");
        }
    }

    #[test]
    fn a_range_of_another_version_is_the_whole() {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, "bytes=4-".parse().unwrap());
        assert_eq!(wanted(&headers, Some("\"a\"")), Wanted::From(4, None));
        headers.insert(IF_RANGE, "\"a\"".parse().unwrap());
        assert_eq!(wanted(&headers, Some("\"a\"")), Wanted::From(4, None));
        assert_eq!(wanted(&headers, Some("\"b\"")), Wanted::Whole);
    }
}
