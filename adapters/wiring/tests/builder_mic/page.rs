//! Holds the table of docs/building.md that says which builder makes what, and where.

use std::collections::BTreeMap;

use imaging::ImageType;

/// Returns what stands between backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn each_cell_of_types_builders_and_places_is_a_test_or_has_a_reason() {
    let text = std::fs::read_to_string(crate::program::workspace("docs/building.md")).unwrap();
    let section =
        text.split("\n## ").find(|section| section.starts_with("Which builder, and where")).unwrap();
    let rows: Vec<Vec<&str>> = section
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let (cells, legend): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row[0].starts_with('`'));
    let legend: BTreeMap<&str, &str> =
        legend.iter().filter(|row| row.len() == 2).map(|row| (row[0], row[1])).collect();
    for (sign, meaning) in &legend {
        // a number is a reason, a letter is a test
        if sign.parse::<u32>().is_err() && !sign.is_empty() {
            let name = quoted(meaning)[0];
            let (module, test) = name.split_once("::").unwrap_or_else(|| panic!("{sign}: no test"));
            let folder = crate::program::workspace("adapters/wiring/tests");
            let files = ["", "builder_dnf", "builder_mic", "vm"]
                .map(|part| folder.join(part).join(format!("{module}.rs")));
            let text: String = files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
            assert!(text.contains(&format!("fn {test}()")), "there is no test {name}");
        }
    }
    let types: Vec<_> = cells.iter().map(|row| quoted(row[0])[0]).collect();
    assert_eq!(types, ImageType::ALL.map(ImageType::as_str), "all types, in their order");
    for row in cells {
        assert_eq!(row.len(), 10, "{row:?}");
        for cell in &row[1..] {
            assert!(legend.contains_key(cell), "`{cell}` of {row:?} is neither a test nor a reason");
        }
    }
}
