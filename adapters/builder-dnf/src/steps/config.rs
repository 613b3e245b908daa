//! Configuration files of `KEY=value` lines; pure.

/// Returns the text with one key set: where it stands, or at the end.
pub(crate) fn with(text: &str, key: &str, value: &str) -> String {
    let mut found = false;
    let mut lines = String::new();
    for line in text.lines() {
        let ours = line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
        if ours && !found {
            lines.push_str(&format!("{key}={value}\n"));
        } else if !ours {
            lines.push_str(line);
            lines.push('\n');
        }
        found |= ours;
    }
    if !found {
        lines.push_str(&format!("{key}={value}\n"));
    }
    lines
}

/// Returns the text with one key set below a heading such as `[daemon]`, which is made when it is not there.
pub(crate) fn with_in(text: &str, heading: &str, key: &str, value: &str) -> String {
    let is_heading = |line: &str| line.trim_start().starts_with('[');
    let lines: Vec<&str> = text.lines().collect();
    let whole = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let Some(at) = lines.iter().position(|line| line.trim() == heading) else {
        return format!("{}{heading}\n{key}={value}\n", whole(&lines));
    };
    let end =
        lines[at + 1..].iter().position(|line| is_heading(line)).map_or(lines.len(), |end| at + 1 + end);
    let mut inner: Vec<&str> = lines[at + 1..end].to_vec();
    inner.retain(|line| line.split_once('=').is_none_or(|(name, _)| name.trim() != key));
    format!("{}{key}={value}\n{}{}", whole(&lines[..=at]), whole(&inner), whole(&lines[end..]))
}

/// Returns the value of a key.
pub(crate) fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut pairs = text.lines().rev().filter_map(|line| line.split_once('='));
    pairs.find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim().trim_matches('"'))
}

/// Makes a text fit on one line of a configuration file, between double quotes or without.
pub(crate) fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\' | '$' | '`')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_set_where_it_stands() {
        let text = "# SELINUX=x\nSELINUX=enforcing\nSELINUXTYPE=targeted\nSELINUX=again";
        assert_eq!(
            with(text, "SELINUX", "disabled"),
            "# SELINUX=x\nSELINUX=disabled\nSELINUXTYPE=targeted\n"
        );
        assert_eq!(with("A=1", "B", "2"), "A=1\nB=2\n");
        assert_eq!(value(text, "SELINUXTYPE"), Some("targeted"));
    }

    #[test]
    fn a_key_is_set_below_its_heading() {
        let text = "[daemon]\n#x\nUser=a\n[chooser]\nUser=b";
        assert_eq!(with_in(text, "[daemon]", "User", "c"), "[daemon]\nUser=c\n#x\n[chooser]\nUser=b\n");
        assert_eq!(with_in("", "[x]", "a", "1"), "[x]\na=1\n");
    }
}
