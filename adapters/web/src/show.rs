//! How all pages show times, sizes, states and jobs.

mod badge;
mod row;
mod time;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use rest::Problem;

pub(crate) use self::badge::Badge;
pub(crate) use self::row::{Now, Row, RowPart, link};
pub(crate) use self::time::{Moment, lasted};

/// Answers with a page.
pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => Problem::ours(&error).status().into_response(),
    }
}

/// Answers with a page and another status: it says why something was not done.
pub(crate) fn refused(status: StatusCode, template: &impl Template) -> Response {
    let mut response = page(template);
    *response.status_mut() = status;
    response
}

/// Returns a number of bytes as people read it: `412 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut number = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while number >= 999.5 && unit < UNITS.len() - 1 {
        number /= 1_000.0;
        unit += 1;
    }
    let digits = usize::from(number < 9.95);
    format!("{number:.digits$} {}", UNITS[unit])
}

/// Returns a number with its word: `1 file`, `3 files`.
pub(crate) fn count(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_three_digits_at_most() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (9_960, "10 kB"),
            (412_345_678, "412 MB"),
            (999_600_000, "1.0 GB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
