//! What is asked: the part of an address after its `?`, as peers write it.

use std::net::IpAddr;

use imaging::InfoHash;
use percent_encoding::percent_decode;

/// Longer questions are nobody's.
const LONGEST: usize = 4096;
/// So many torrents may be asked about at once.
const MOST_HASHES: usize = 64;

/// Why a question gets no answer: the text of `failure reason`, which clients show to people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// A peer says that it is there, and asks who else is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announce {
    /// The torrent it is about.
    pub info_hash: InfoHash,
    /// What the peer calls itself.
    pub peer_id: [u8; 20],
    /// Where it listens.
    pub port: u16,
    /// How many bytes it lacks; none when it does not say.
    pub left: Option<u64>,
    /// What happened to it.
    pub event: Event,
    /// How many others it wants to know.
    pub numwant: Option<usize>,
    /// Whether it reads addresses as bytes, rather than as a list.
    pub compact: bool,
    /// Whether it does without the names of the others.
    pub no_peer_id: bool,
    /// The address it gives itself.
    pub ip: Option<IpAddr>,
}

/// What happened to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing: it is still there.
    Still,
    /// It begins.
    Started,
    /// It has all now.
    Completed,
    /// It goes.
    Stopped,
}

/// Somebody asks how many have torrents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scrape {
    /// The torrents; all when there is none.
    pub info_hashes: Vec<InfoHash>,
}

impl Announce {
    /// Reads it; what we have no use for is not looked at.
    pub fn parse(query: &str) -> Result<Announce, Refused> {
        let pairs = Pairs::parse(query)?;
        let info_hash = pairs.the("info_hash")?.ok_or_else(|| lacks("info_hash"))?;
        let peer_id = pairs.the("peer_id")?.ok_or_else(|| lacks("peer_id"))?;
        let port = pairs.number("port")?.ok_or_else(|| lacks("port"))?;
        let Some(port) = u16::try_from(port).ok().filter(|port| *port != 0) else {
            return Err(Refused(format!("port is {port}, and should be from 1 to 65535")));
        };
        let event = match pairs.text("event")?.unwrap_or_default().as_str() {
            "" | "paused" => Event::Still,
            "started" => Event::Started,
            "completed" => Event::Completed,
            "stopped" => Event::Stopped,
            _ => return Err(Refused("event is none of started, completed, stopped".into())),
        };
        // some say -1 and mean that they do not mind
        let numwant = match pairs.text("numwant")? {
            Some(text) if text.starts_with('-') => None,
            _ => pairs.number("numwant")?.map(|number| number.try_into().unwrap_or(usize::MAX)),
        };
        Ok(Announce {
            info_hash: InfoHash(twenty("info_hash", &info_hash)?),
            peer_id: twenty("peer_id", &peer_id)?,
            port,
            left: pairs.number("left")?,
            event,
            numwant,
            compact: pairs.text("compact")?.as_deref() == Some("1"),
            no_peer_id: pairs.text("no_peer_id")?.as_deref() == Some("1"),
            ip: pairs.text("ip")?.and_then(|text| text.parse().ok()),
        })
    }
}

impl Scrape {
    /// Reads it.
    pub fn parse(query: &str) -> Result<Scrape, Refused> {
        let pairs = Pairs::parse(query)?;
        let hashes: Vec<_> = pairs.all("info_hash").collect();
        if hashes.len() > MOST_HASHES {
            return Err(Refused(format!("more than {MOST_HASHES} torrents at once: ask several times")));
        }
        let read = |hash: &&[u8]| twenty("info_hash", hash).map(InfoHash);
        let info_hashes = hashes.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Scrape { info_hashes })
    }
}

/// The names of a question with their values, in order.
struct Pairs(Vec<(Vec<u8>, Vec<u8>)>);

impl Pairs {
    fn parse(query: &str) -> Result<Pairs, Refused> {
        if query.len() > LONGEST {
            return Err(Refused(format!("the question is longer than {LONGEST} bytes")));
        }
        // `+` stays one: these are bytes, not the words of a form
        let decoded = |text: &str| percent_decode(text.as_bytes()).collect();
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Ok(Pairs(pairs.collect()))
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter(move |(is, _)| is == name.as_bytes()).map(|(_, value)| value.as_slice())
    }

    /// Returns the value of a name, which has one at most.
    fn the(&self, name: &str) -> Result<Option<Vec<u8>>, Refused> {
        let mut all = self.all(name);
        let first = all.next().map(<[u8]>::to_vec);
        match all.next() {
            Some(_) => Err(Refused(format!("{name} is there twice"))),
            None => Ok(first),
        }
    }

    fn text(&self, name: &str) -> Result<Option<String>, Refused> {
        let value = self.the(name)?;
        value
            .map(|value| String::from_utf8(value).map_err(|_| Refused(format!("{name} is no text"))))
            .transpose()
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Refused> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        let plain = |text: &String| text.bytes().all(|byte| byte.is_ascii_digit());
        match text.as_ref().map(|text| text.parse().ok().filter(|_| plain(text))) {
            None => Ok(None),
            Some(Some(number)) => Ok(Some(number)),
            Some(None) => Err(Refused(format!("{name} is no number"))),
        }
    }
}

fn twenty(name: &str, value: &[u8]) -> Result<[u8; 20], Refused> {
    let wrong = |_| Refused(format!("{name} has {} bytes, and should have 20", value.len()));
    value.try_into().map_err(wrong)
}

fn lacks(name: &str) -> Refused {
    Refused(format!("{name} is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "info_hash=%124Vx%9a%bc%de%f1%23Eg%89%ab%cd%ef%124Vx%9a";

    #[test]
    fn a_question_is_read_as_clients_write_it() {
        let query = format!(
            "{HASH}&peer_id=-XX0001-aaaaaaaaaaaa&port=6881&uploaded=0&downloaded=0&left=42&event=started&numwant=50&compact=1&key=x"
        );
        let asked = Announce::parse(&query).unwrap();
        assert_eq!(asked.info_hash.to_string(), "123456789abcdef123456789abcdef123456789a");
        let expected = Announce {
            info_hash: asked.info_hash,
            peer_id: *b"-XX0001-aaaaaaaaaaaa",
            port: 6881,
            left: Some(42),
            event: Event::Started,
            numwant: Some(50),
            compact: true,
            no_peer_id: false,
            ip: None,
        };
        assert_eq!(asked, expected);
        let two = Scrape::parse(&format!("{HASH}&{HASH}")).unwrap();
        assert_eq!(two.info_hashes, [asked.info_hash; 2]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let good = format!("{HASH}&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1");
        assert!(Announce::parse(&good).is_ok());
        assert!(Announce::parse(&format!("{good}&numwant=-1&left=&event=")).is_ok());
        for (query, told) in [
            (String::new(), "info_hash is missing"),
            (HASH.to_owned(), "peer_id is missing"),
            (format!("{HASH}&peer_id=aaaaaaaaaaaaaaaaaaaa"), "port is missing"),
            (good.replace("port=1", "port=0"), "port is 0, and should be from 1 to 65535"),
            (good.replace("port=1", "port=65536"), "port is 65536, and should be from 1 to 65535"),
            (good.replace("port=1", "port=+1"), "port is no number"),
            (good.replacen("%124", "", 1), "info_hash has 18 bytes, and should have 20"),
            (good.replace("peer_id=", "peer_id=b"), "peer_id has 21 bytes, and should have 20"),
            (format!("{good}&{HASH}"), "info_hash is there twice"),
            (format!("{good}&left=many"), "left is no number"),
            (format!("{good}&left=99999999999999999999"), "left is no number"),
            (format!("{good}&event=%ff"), "event is no text"),
            (format!("{good}&event=gone"), "event is none of started, completed, stopped"),
            ("x".repeat(5000), "the question is longer than 4096 bytes"),
        ] {
            assert_eq!(Announce::parse(&query), Err(Refused(told.into())), "{query}");
        }
        let many = vec![HASH; 65].join("&");
        assert!(Scrape::parse(&many).unwrap_err().0.starts_with("more than 64 torrents"));
    }
}
