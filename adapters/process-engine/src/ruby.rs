//! How Ruby writes values as text.

use serde_json::value::RawValue;

use crate::json::Object;

/// Deeper than the engine of BOSS can send.
const DEEPEST: usize = 256;

/// Writes a value as `"#{value}"` does: texts as they are, nothing for nil, the rest as [`inspect`] does.
pub(crate) fn text(value: &RawValue) -> String {
    match value.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(value.get()).unwrap_or_default(),
        Some(b'n') => String::new(),
        _ => inspect(value),
    }
}

/// Writes a value as `value.inspect` does: `{"name"=>"nm", "list"=>[1, nil]}`.
pub(crate) fn inspect(value: &RawValue) -> String {
    let mut out = String::new();
    write(value, DEEPEST, &mut out);
    out
}

fn write(value: &RawValue, depth: usize, out: &mut String) {
    let source = value.get();
    match source.as_bytes().first() {
        _ if depth == 0 => out.push_str("..."),
        Some(b'{') => {
            let object = Object::parse(source).unwrap_or_default();
            out.push('{');
            for (place, (key, value)) in object.members().iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                quote(key, out);
                out.push_str("=>");
                write(value, depth - 1, out);
            }
            out.push('}');
        }
        Some(b'[') => {
            let list: Vec<Box<RawValue>> = serde_json::from_str(source).unwrap_or_default();
            out.push('[');
            for (place, value) in list.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                write(value, depth - 1, out);
            }
            out.push(']');
        }
        Some(b'"') => quote(&serde_json::from_str::<String>(source).unwrap_or_default(), out),
        Some(b'n') => out.push_str("nil"),
        Some(b't' | b'f') => out.push_str(source),
        _ => out.push_str(&number(source)),
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '#' if matches!(letters.peek(), Some('{' | '$' | '@')) => out.push_str("\\#"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{7f}' => out.push_str("\\x7F"),
            letter if letter < ' ' => out.push_str(&format!("\\u{:04X}", letter as u32)),
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// Writes a JSON number as Ruby does: integers digit by digit, everything else as a float.
pub(crate) fn number(source: &str) -> String {
    if source.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return if source == "-0" { "0".into() } else { source.into() };
    }
    source.parse().map_or_else(|_| source.into(), float)
}

/// Writes a float as Ruby does: `1.0`, `300.0`, `1.0e+20`, `1.0e-05`.
pub(crate) fn float(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-4..1e16).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    let power: i32 = power.parse().unwrap_or(0);
    format!("{digits}{point}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    #[test]
    fn values_are_written_as_ruby_writes_them() {
        for (json, ruby) in [
            (r#"{"name":"nm","arch":"armv7hl"}"#, r#"{"name"=>"nm", "arch"=>"armv7hl"}"#),
            (r#"[1, "a\"b", null, true, {}, []]"#, r#"[1, "a\"b", nil, true, {}, []]"#),
            (r##"["#{x} #x \n\u0001 é"]"##, r##"["\#{x} #x \n\u0001 é"]"##),
            ("1e20", "1.0e+20"),
            ("1e16", "1.0e+16"),
            ("0.00001", "1.0e-05"),
            ("3.0e2", "300.0"),
            ("-0", "0"),
            ("123456789012345678.123", "1.2345678901234568e+17"),
            ("18446744073709551616", "18446744073709551616"),
        ] {
            assert_eq!(inspect(&RawValue::from_string(json.into()).unwrap()), ruby);
        }
        assert_eq!(text(&raw("a\"b")), "a\"b");
        assert_eq!(text(&raw(&())), "");
    }

    #[test]
    fn deep_values_end() {
        let deep = "[".repeat(20_000) + &"]".repeat(20_000);
        assert!(inspect(&RawValue::from_string(deep).unwrap()).contains("..."));
    }
}
