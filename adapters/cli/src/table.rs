//! Lines of several columns.

use crate::terminal::{result, visible};

/// Prints rows below their titles, each column as wide as its widest text; the last one ends where it ends.
pub(crate) fn print(titles: &[&str], rows: &[Vec<String>]) {
    for line in lines(titles, rows) {
        result(line);
    }
}

fn lines(titles: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let titles: Vec<String> = titles.iter().map(ToString::to_string).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|text| visible(text)).collect()).collect();
    let all = || std::iter::once(&titles).chain(&rows);
    let wide = |column: usize| all().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..titles.len()).map(wide).collect();
    let line = |row: &Vec<String>| {
        let texts: Vec<_> = row.iter().zip(&widths).map(|(text, width)| format!("{text:<width$}")).collect();
        texts.join("  ").trim_end().to_owned()
    };
    all().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let rows =
            [vec!["a".into(), "é\n".into(), "x".into()], vec!["longer".into(), "b".into(), String::new()]];
        assert_eq!(lines(&["ID", "NAME", "T"], &rows), ["ID      NAME  T", "a       é\\n   x", "longer  b"]);
    }
}
