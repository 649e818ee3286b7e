//! The little XML of CalDAV (RFC 4791): three questions, and the answer 'multistatus' (RFC 4918, 14.16).

use chrono::NaiveDate;
use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_xml_entity};
use quick_xml::events::Event;

/// Asks whether anything changed at all: the calendar's ctag, or the synchronisation's token.
pub const HAS_IT_CHANGED: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<D:propfind xmlns:D="DAV:" xmlns:S="http://calendarserver.org/ns/"><D:prop>"#,
    "<S:getctag/><D:sync-token/></D:prop></D:propfind>"
);

/// Asks which events lie between two days (RFC 4791, 7.8), with their marks.
pub fn marks_between(from: NaiveDate, until: NaiveDate) -> String {
    let (from, until) = (from.format("%Y%m%d"), until.format("%Y%m%d"));
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">"#,
            "<D:prop><D:getetag/></D:prop>",
            r#"<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">"#,
            r#"<C:time-range start="{}T000000Z" end="{}T000000Z"/>"#,
            "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
        ),
        from, until
    )
}

/// Asks for some events (RFC 4791, 7.9), with their marks.
pub fn these(hrefs: &[String]) -> String {
    let hrefs: String = hrefs.iter().map(|href| format!("<D:href>{}</D:href>", escape(href))).collect();
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="utf-8"?>"#,
            r#"<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">"#,
            "<D:prop><D:getetag/><C:calendar-data/></D:prop>{}</C:calendar-multiget>"
        ),
        hrefs
    )
}

/// What the answer says of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answered {
    /// Where it lies.
    pub href: String,
    /// Its mark.
    pub etag: String,
    /// The iCalendar text.
    pub data: String,
    /// The mark of the whole calendar.
    pub ctag: String,
}

/// Reads a multistatus. An answer that is cut off, or no XML, is an error: half a list would look as if the rest
/// were gone.
///
/// # Errors
/// What is wrong with it.
pub fn multistatus(text: &str) -> Result<Vec<Answered>, String> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    let mut path: Vec<Vec<u8>> = Vec::new();
    let mut one = Answered::default();
    let mut is_one = false;
    let mut root = false;
    loop {
        match reader.read_event().map_err(|cause| cause.to_string())? {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_vec();
                is_one |= path.is_empty() && name == b"multistatus";
                if name == b"response" {
                    one = Answered::default();
                }
                path.push(name);
            }
            // A list with nothing in it.
            Event::Empty(empty) if path.is_empty() => {
                (is_one, root) = (empty.local_name().as_ref() == b"multistatus", true);
            }
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                if name == b"response" {
                    found.push(std::mem::take(&mut one));
                }
                root |= path.is_empty();
            }
            Event::Text(text) => {
                let words = text.decode().map_err(|cause| cause.to_string())?;
                add(&mut one, &path, &words);
            }
            Event::CData(text) => {
                let words = text.decode().map_err(|cause| cause.to_string())?;
                add(&mut one, &path, &words);
            }
            Event::GeneralRef(name) => {
                if let Some(sign) = name.resolve_char_ref().map_err(|cause| cause.to_string())? {
                    add(&mut one, &path, sign.encode_utf8(&mut [0; 4]));
                } else {
                    let name = name.decode().map_err(|cause| cause.to_string())?;
                    add(&mut one, &path, resolve_xml_entity(&name).unwrap_or_default());
                }
            }
            Event::Eof if root && is_one && path.is_empty() => return Ok(found),
            Event::Eof => return Err("the answer is no list, or breaks off".to_owned()),
            _ => {}
        }
    }
}

fn add(one: &mut Answered, path: &[Vec<u8>], words: &str) {
    let Some((last, above)) = path.split_last() else { return };
    let within = |name: &[u8]| above.last().is_some_and(|parent| parent == name);
    match last.as_slice() {
        b"href" if within(b"response") => one.href.push_str(words.trim()),
        b"getetag" => one.etag.push_str(words),
        b"calendar-data" => one.data.push_str(words),
        b"getctag" | b"sync-token" if within(b"prop") => one.ctag.push_str(words),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let text = "<?xml version='1.0'?>\n<multistatus xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">\
                    <response><href>/cal/a%20b.ics</href><propstat><prop><getetag>\"1&quot;</getetag>\
                    <C:calendar-data>BEGIN:VCALENDAR&#13;\nA &amp; B</C:calendar-data></prop>\
                    <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>";
        let found = multistatus(text).unwrap();
        assert_eq!((found.len(), found[0].href.as_str()), (1, "/cal/a%20b.ics"));
        assert_eq!(found[0].etag, "\"1\"");
        assert_eq!(found[0].data, "BEGIN:VCALENDAR\r\nA & B");
        for end in [text.len() - 1, text.len() - 14, text.len() / 2, 0] {
            assert!(multistatus(&text[..end]).is_err(), "{end}");
        }
        assert!(multistatus("<html><body>Log in</body></html>").is_err());
        assert_eq!(multistatus("<?xml version='1.0'?>\n<multistatus xmlns=\"DAV:\" />").unwrap(), []);
        assert!(multistatus("<html />").is_err());
        assert!(these(&["/a&b.ics".to_owned()]).contains("<D:href>/a&amp;b.ics</D:href>"));
    }
}
