//! Server-sent events, as the HTML standard has them. Does no I/O.

/// So long one event may be.
const LONGEST: usize = 4 << 20;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerEvent {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: String,
}

/// Makes events of bytes, in whatever pieces they come.
#[derive(Debug, Default)]
pub(crate) struct Events {
    line: Vec<u8>,
    event: ServerEvent,
    after_return: bool,
}

/// An event that never ends is no event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Events {
    /// Takes a piece, and returns the events that are whole now.
    pub(crate) fn take(&mut self, piece: &[u8]) -> Result<Vec<ServerEvent>, TooLong> {
        let mut events = Vec::new();
        for byte in piece {
            let follows_return = std::mem::take(&mut self.after_return);
            match byte {
                b'\n' if follows_return => {}
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.take_line(&String::from_utf8_lossy(&line)));
                }
                _ if self.line.len() + self.event.data.len() > LONGEST => return Err(TooLong),
                byte => self.line.push(*byte),
            }
        }
        Ok(events)
    }

    fn take_line(&mut self, line: &str) -> Option<ServerEvent> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return (!event.data.is_empty()).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "data" => {
                if !self.event.data.is_empty() {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            _ => {} // a comment keeps the connection alive
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": alive\n\nevent: log\r\nid: a-7\r\ndata: {\"text\":\"é\"}\r\n\r\ndata: one\ndata: two\n\nid: b\n\nevent: end\ndata: {}\n\nevent: cut\ndata: x";

    #[test]
    fn events_are_the_same_in_whatever_pieces_they_come() {
        let event = |name: &str, id: Option<&str>, data: &str| ServerEvent {
            name: name.into(),
            id: id.map(Into::into),
            data: data.into(),
        };
        let expected = vec![
            event("log", Some("a-7"), "{\"text\":\"é\"}"),
            event("", None, "one\ntwo"),
            event("end", None, "{}"),
        ];
        for size in [1, 2, 3, 7, STREAM.len()] {
            let mut events = Events::default();
            let found: Vec<_> =
                STREAM.as_bytes().chunks(size).flat_map(|piece| events.take(piece).unwrap()).collect();
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let mut events = Events::default();
        let mut took = (0..10_000).map(|_| events.take(&[b'x'; 1024]));
        assert!(took.any(|taken| taken == Err(TooLong)));
    }
}
