//! Answers, in bencode.

use std::net::SocketAddr;
use std::time::Duration;

use bendy::encoding::{AsString, Encoder, Error, SingleItemEncoder, ToBencode};

use imaging::InfoHash;

use crate::Refused;
use crate::swarm::Counts;

/// What a peer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) counts: Counts,
    pub(crate) interval: Duration,
    pub(crate) others: Vec<(SocketAddr, [u8; 20])>,
    pub(crate) compact: bool,
    pub(crate) no_peer_id: bool,
}

/// Why there is no answer, as clients show it.
pub(crate) fn refusal(refused: &Refused) -> Vec<u8> {
    bencode(|encoder| encoder.emit_dict(|mut dict| dict.emit_pair(b"failure reason", refused.0.as_str())))
}

/// Who has a torrent.
pub(crate) fn told(told: &Told) -> Vec<u8> {
    bencode(|encoder| {
        encoder.emit_dict(|mut dict| {
            dict.emit_pair(b"complete", told.counts.complete)?;
            dict.emit_pair(b"downloaded", told.counts.completed)?;
            dict.emit_pair(b"incomplete", told.counts.incomplete)?;
            dict.emit_pair(b"interval", told.interval.as_secs().max(1))?;
            dict.emit_pair(b"min interval", (told.interval / 2).as_secs().max(1))?;
            if told.compact {
                let (four, six) = compact(&told.others);
                dict.emit_pair(b"peers", AsString(four))?;
                if six.is_empty() { Ok(()) } else { dict.emit_pair(b"peers6", AsString(six)) }
            } else {
                let named = !told.no_peer_id;
                let list: Vec<_> =
                    told.others.iter().map(|(address, id)| Listed(*address, named.then_some(id))).collect();
                dict.emit_pair(b"peers", list)
            }
        })
    })
}

/// How many have which torrents.
pub(crate) fn scraped(files: &[(InfoHash, Counts)], interval: Duration) -> Vec<u8> {
    let mut files = files.to_vec();
    files.sort_by_key(|(hash, _)| *hash);
    files.dedup_by_key(|(hash, _)| *hash);
    bencode(|encoder| {
        encoder.emit_dict(|mut dict| {
            dict.emit_pair_with(b"files", |encoder| {
                encoder.emit_dict(|mut dict| {
                    files.iter().try_for_each(|(hash, counts)| dict.emit_pair(&hash.0, Numbers(*counts)))
                })
            })?;
            dict.emit_pair_with(b"flags", |encoder| {
                encoder.emit_dict(|mut dict| {
                    dict.emit_pair(b"min_request_interval", (interval / 2).as_secs().max(1))
                })
            })
        })
    })
}

fn bencode(write: impl FnOnce(&mut Encoder) -> Result<(), Error>) -> Vec<u8> {
    let mut encoder = Encoder::new().with_max_depth(4);
    write(&mut encoder).and_then(|()| encoder.get_output()).expect("names are in order, and nothing is deep")
}

/// Returns addresses as bytes: those of IPv4, and those of IPv6 (BEP 23 and BEP 7).
fn compact(others: &[(SocketAddr, [u8; 20])]) -> (Vec<u8>, Vec<u8>) {
    let (mut four, mut six) = (Vec::new(), Vec::new());
    for (address, _) in others {
        match address {
            SocketAddr::V4(address) => {
                four.extend(address.ip().octets());
                four.extend(address.port().to_be_bytes());
            }
            SocketAddr::V6(address) => {
                six.extend(address.ip().octets());
                six.extend(address.port().to_be_bytes());
            }
        }
    }
    (four, six)
}

/// One peer in a list.
struct Listed<'a>(SocketAddr, Option<&'a [u8; 20]>);

impl ToBencode for Listed<'_> {
    const MAX_DEPTH: usize = 1;

    fn encode(&self, encoder: SingleItemEncoder<'_>) -> Result<(), Error> {
        encoder.emit_dict(|mut dict| {
            dict.emit_pair(b"ip", self.0.ip().to_string())?;
            if let Some(id) = self.1 {
                dict.emit_pair(b"peer id", AsString(id))?;
            }
            dict.emit_pair(b"port", self.0.port())
        })
    }
}

/// The numbers of one torrent.
struct Numbers(Counts);

impl ToBencode for Numbers {
    const MAX_DEPTH: usize = 1;

    fn encode(&self, encoder: SingleItemEncoder<'_>) -> Result<(), Error> {
        encoder.emit_dict(|mut dict| {
            dict.emit_pair(b"complete", self.0.complete)?;
            dict.emit_pair(b"downloaded", self.0.completed)?;
            dict.emit_pair(b"incomplete", self.0.incomplete)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    }

    fn some(compact: bool, no_peer_id: bool) -> Told {
        Told {
            counts: Counts { complete: 1, incomplete: 2, completed: 3 },
            interval: Duration::from_secs(30),
            others: vec![
                ("1.2.3.4:258".parse().unwrap(), *b"aaaaaaaaaaaaaaaaaaaa"),
                ("[4142:4344::4546]:18505".parse().unwrap(), *b"bbbbbbbbbbbbbbbbbbbb"),
            ],
            compact,
            no_peer_id,
        }
    }

    #[test]
    fn answers_are_bencode() {
        let begin = "d8:completei1e10:downloadedi3e10:incompletei2e8:intervali30e12:min intervali15e5:peers";
        let bytes =
            format!("{begin}6:\u{1}\u{2}\u{3}\u{4}\u{1}\u{2}6:peers618:ABCD\0\0\0\0\0\0\0\0\0\0EFHIe");
        assert_eq!(text(&told(&some(true, false))), bytes);
        let bare = format!("{begin}ld2:ip7:1.2.3.44:porti258eed2:ip15:4142:4344::45464:porti18505eeee");
        assert_eq!(text(&told(&some(false, true))), bare);
        let named = text(&told(&some(false, false)));
        assert!(named.contains("7:peer id20:aaaaaaaaaaaaaaaaaaaa4:port"), "{named}");
        assert_eq!(
            text(&refusal(&Refused("port is missing".into()))),
            "d14:failure reason15:port is missinge"
        );
    }

    #[test]
    fn torrents_are_scraped_in_order_and_once() {
        let counts = |complete| Counts { complete, incomplete: 0, completed: 9 };
        let files = [
            (InfoHash([98; 20]), counts(2)),
            (InfoHash([97; 20]), counts(1)),
            (InfoHash([98; 20]), counts(2)),
        ];
        let (a, b) = ("a".repeat(20), "b".repeat(20));
        let expected = format!(
            "d5:filesd20:{a}d8:completei1e10:downloadedi9e10:incompletei0ee20:{b}d8:completei2e10:downloadedi9e10:incompletei0eee5:flagsd20:min_request_intervali15eee"
        );
        assert_eq!(text(&scraped(&files, Duration::from_secs(30))), expected);
    }
}
