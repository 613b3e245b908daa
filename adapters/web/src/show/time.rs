//! Times: how long ago, with the exact one for whoever wants to know.

use jiff::Timestamp;

/// A time, in the three ways a page needs it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moment {
    /// For programs: `2026-11-29T00:04:07Z`.
    pub(crate) iso: String,
    /// For whoever wants it exactly: `29 Nov 2026, 00:04:07 UTC`.
    pub(crate) exact: String,
    /// For everybody: `2 min ago`.
    pub(crate) ago: String,
}

impl Moment {
    pub(crate) fn of(ms: i64, now_ms: i64) -> Moment {
        let time = Timestamp::from_millisecond(ms).unwrap_or_default();
        let day = time.strftime("%-d %b %Y").to_string();
        Moment {
            iso: time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            exact: time.strftime("%-d %b %Y, %H:%M:%S UTC").to_string(),
            ago: ago(now_ms.saturating_sub(ms) / 1_000, day),
        }
    }
}

/// A clock that was set back makes what was just now look as if it were to come.
fn ago(seconds: i64, day: String) -> String {
    match seconds {
        ..45 => "just now".into(),
        45..5_400 => format!("{} min ago", (seconds + 30) / 60),
        5_400..129_600 => format!("{} h ago", (seconds + 1_800) / 3_600),
        129_600..2_592_000 => format!("{} days ago", (seconds + 43_200) / 86_400),
        _ => day,
    }
}

/// Returns how long something took: `48 s`, `3 min 5 s`, `2 h 10 min`.
pub(crate) fn lasted(ms: i64) -> String {
    match ms.max(0) {
        ms @ ..9_950 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms @ ..60_000 => format!("{} s", ms / 1_000),
        ms @ ..3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
        ms => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        let at = |ms: i64| Moment::of(1_795_910_647_000, 1_795_910_647_000 + ms).ago;
        for (ms, text) in [
            (-86_400_000, "just now"),
            (0, "just now"),
            (60_000, "1 min ago"),
            (3_600_000, "60 min ago"),
            (7_200_000, "2 h ago"),
            (172_800_000, "2 days ago"),
            (40 * 86_400_000, "29 Nov 2026"),
        ] {
            assert_eq!(at(ms), text, "{ms}");
        }
        assert_eq!(Moment::of(1_795_910_647_000, 0).exact, "29 Nov 2026, 00:04:07 UTC");
    }

    #[test]
    fn what_took_long_is_told_in_large_parts() {
        for (ms, text) in [
            (-5, "0.0 s"),
            (1_240, "1.2 s"),
            (48_000, "48 s"),
            (185_000, "3 min 5 s"),
            (7_800_000, "2 h 10 min"),
        ] {
            assert_eq!(lasted(ms), text);
        }
    }
}
