//! A small writer of printed pages (PDF): headings, facts, tables. Pages are laid out first and drawn
//! afterwards, so that each can say how many there are. Its font is embedded: every reader shows the
//! same.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;

/// IBM Plex Sans, as on the screen.
const REGULAR: &[u8] = include_bytes!("../../ui/fonts/IBMPlexSans-Regular.ttf");
const STRONG: &[u8] = include_bytes!("../../ui/fonts/IBMPlexSans-SemiBold.ttf");

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 50.0;
const BODY: f32 = 9.0;
const LEADING: f32 = 12.5;
/// Between the columns of a table.
const GUTTER: f32 = 8.0;
/// The lowest line of a page.
const BOTTOM: f32 = HEIGHT - MARGIN - 20.0;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[error("the PDF cannot be made: {0}")]
pub struct PaperError(String);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ink {
    Black,
    Grey,
}

#[derive(Debug)]
enum Mark {
    Text { x: f32, y: f32, size: f32, strong: bool, ink: Ink, text: String },
    Rule { x: f32, y: f32, width: f32 },
    Square { x: f32, y: f32, side: f32 },
}

/// A document that is being laid out, from the top of its first page on.
pub struct Paper<'f> {
    title: String,
    regular: Face<'f>,
    strong: Face<'f>,
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Paper<'static> {
    /// A document with its title and a line below it.
    ///
    /// # Errors
    /// [`PaperError`] when the font in the program is damaged.
    pub fn new(title: &str, below: &str) -> Result<Self, PaperError> {
        let face = |bytes| Face::parse(bytes, 0).map_err(|error| PaperError(error.to_string()));
        let mut paper = Self {
            title: title.to_owned(),
            regular: face(REGULAR)?,
            strong: face(STRONG)?,
            pages: vec![Vec::new()],
            y: MARGIN + 18.0,
        };
        for line in paper.wrapped(title, 18.0, true, WIDTH - 2.0 * MARGIN) {
            paper.text(MARGIN, 18.0, true, Ink::Black, line);
            paper.y += 22.0;
        }
        paper.y -= 6.0;
        paper.text(MARGIN, BODY, false, Ink::Grey, below.to_owned());
        paper.y += LEADING;
        Ok(paper)
    }
}

impl Paper<'_> {
    fn text(&mut self, x: f32, size: f32, strong: bool, ink: Ink, text: String) {
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            page.push(Mark::Text { x, y, size, strong, ink, text });
        }
    }

    fn rule(&mut self, x: f32, y: f32, width: f32) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Mark::Rule { x, y, width });
        }
    }

    /// Turns the page when what comes is higher than what is left. `true`: it did.
    fn room(&mut self, height: f32) -> bool {
        if self.y + height <= BOTTOM {
            return false;
        }
        self.pages.push(Vec::new());
        self.y = MARGIN + LEADING;
        true
    }

    fn width(&self, text: &str, size: f32, strong: bool) -> f32 {
        let face = if strong { &self.strong } else { &self.regular };
        let units = f32::from(face.units_per_em());
        let advance = |letter| {
            let glyph = face.glyph_index(letter).unwrap_or_default();
            f32::from(face.glyph_hor_advance(glyph).unwrap_or_default())
        };
        text.chars().map(advance).sum::<f32>() * size / units
    }

    /// The lines of a text within a width; a word that is too long is broken.
    fn wrapped(&self, text: &str, size: f32, strong: bool, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.width(&longer, size, strong) <= width {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for letter in word.chars() {
                    line.push(letter);
                    if self.width(&line, size, strong) > width && line.chars().count() > 1 {
                        line.pop();
                        lines.push(std::mem::replace(&mut line, letter.to_string()));
                    }
                }
            }
            lines.push(line);
        }
        if lines.is_empty() {
            lines.push(String::new());
        }
        lines
    }

    /// A heading; it never stands alone at the foot of a page.
    pub fn heading(&mut self, text: &str) {
        self.room(18.0 + 4.0 * LEADING);
        self.y += 18.0;
        self.text(MARGIN, 12.0, true, Ink::Black, text.to_owned());
        self.rule(MARGIN, self.y + 4.0, WIDTH - 2.0 * MARGIN);
        self.y += LEADING + 6.0;
    }

    /// A name on the left and what it is beside it.
    pub fn fact(&mut self, name: &str, value: &str) {
        let (left, right) = (150.0, WIDTH - 2.0 * MARGIN - 150.0);
        let names = self.wrapped(name, BODY, false, left - GUTTER);
        let values = self.wrapped(value, BODY, false, right);
        for place in 0..names.len().max(values.len()) {
            self.room(LEADING);
            if let Some(name) = names.get(place) {
                self.text(MARGIN, BODY, false, Ink::Grey, name.clone());
            }
            if let Some(value) = values.get(place) {
                self.text(MARGIN + left, BODY, false, Ink::Black, value.clone());
            }
            self.y += LEADING;
        }
    }

    /// Turns the page when less than so many points are left on it.
    pub fn keep(&mut self, height: f32) {
        self.room(height);
    }

    /// Text over the whole width; its lines are kept.
    pub fn paragraph(&mut self, text: &str) {
        self.y += 4.0;
        for line in self.wrapped(text, BODY, false, WIDTH - 2.0 * MARGIN) {
            self.room(LEADING);
            self.text(MARGIN, BODY, false, Ink::Black, line);
            self.y += LEADING;
        }
    }

    /// A name, and squares to tick, each with its words.
    pub fn boxes(&mut self, name: &str, words: &[&str]) {
        let left = MARGIN + 150.0;
        self.y += 4.0;
        self.room(LEADING + 4.0);
        self.text(MARGIN, BODY, false, Ink::Grey, name.to_owned());
        let mut x = left;
        for word in words {
            let width = self.width(word, BODY, false) + 14.0;
            if x > left && x + width > WIDTH - MARGIN {
                self.y += LEADING + 4.0;
                self.room(LEADING + 4.0);
                x = left;
            }
            let y = self.y - 7.5;
            if let Some(page) = self.pages.last_mut() {
                page.push(Mark::Square { x, y, side: 8.0 });
            }
            self.text(x + 12.0, BODY, false, Ink::Black, (*word).to_owned());
            x += width + 2.0 * GUTTER;
        }
        self.y += LEADING + 4.0;
    }

    /// A name, and lines to write on.
    pub fn lines(&mut self, name: &str, count: usize) {
        for number in 0..count {
            self.room(20.0);
            if number == 0 {
                self.text(MARGIN, BODY, false, Ink::Grey, name.to_owned());
            }
            self.rule(MARGIN + 150.0, self.y + 2.0, WIDTH - 2.0 * MARGIN - 150.0);
            self.y += 20.0;
        }
    }

    /// A table: its columns share the width by what stands in them; on a new page its head comes again.
    pub fn table(&mut self, head: &[String], rows: &[Vec<String>]) {
        let widths = self.columns(head, rows);
        self.head(head, &widths);
        for row in rows {
            let cells: Vec<Vec<String>> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| self.wrapped(cell, BODY, false, *width))
                .collect();
            let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
            for line in 0..lines {
                if self.room(LEADING) {
                    self.head(head, &widths);
                }
                self.line(&cells, &widths, line);
            }
            self.rule(MARGIN, self.y - LEADING + 4.0, WIDTH - 2.0 * MARGIN);
            self.y += 2.0;
        }
    }

    fn line(&mut self, cells: &[Vec<String>], widths: &[f32], line: usize) {
        let mut x = MARGIN;
        for (cell, width) in cells.iter().zip(widths) {
            if let Some(text) = cell.get(line) {
                self.text(x, BODY, false, Ink::Black, text.clone());
            }
            x += width + GUTTER;
        }
        self.y += LEADING;
    }

    fn head(&mut self, head: &[String], widths: &[f32]) {
        let cells: Vec<Vec<String>> =
            head.iter().zip(widths).map(|(name, width)| self.wrapped(name, BODY, true, *width)).collect();
        for line in 0..cells.iter().map(Vec::len).max().unwrap_or(1) {
            let mut x = MARGIN;
            for (cell, width) in cells.iter().zip(widths) {
                if let Some(text) = cell.get(line) {
                    self.text(x, BODY, true, Ink::Grey, text.clone());
                }
                x += width + GUTTER;
            }
            self.y += LEADING;
        }
        self.rule(MARGIN, self.y - LEADING + 4.0, WIDTH - 2.0 * MARGIN);
        self.y += 2.0;
    }

    /// Each column gets what it needs; when that is too much, the widest give way.
    fn columns(&self, head: &[String], rows: &[Vec<String>]) -> Vec<f32> {
        let mut widths: Vec<f32> = head
            .iter()
            .enumerate()
            .map(|(place, name)| {
                let longest = rows
                    .iter()
                    .filter_map(|row| row.get(place))
                    .map(|cell| self.width(cell, BODY, false))
                    .fold(0.0, f32::max);
                longest.max(self.width(name, BODY, true)).max(20.0)
            })
            .collect();
        let count = u16::try_from(widths.len()).unwrap_or(u16::MAX);
        let all = WIDTH - 2.0 * MARGIN - GUTTER * f32::from(count.saturating_sub(1));
        let mut most = all;
        while widths.iter().map(|width| width.min(most)).sum::<f32>() > all && most > 20.0 {
            most -= 4.0;
        }
        for width in &mut widths {
            *width = width.min(most);
        }
        widths
    }

    /// The PDF, with the number of each page at its foot.
    ///
    /// # Errors
    /// [`PaperError`] when it cannot be written.
    pub fn finish(self) -> Result<Vec<u8>, PaperError> {
        let font = |bytes: &'static [u8]| {
            Font::new(bytes.into(), 0).ok_or_else(|| PaperError("its font is damaged".to_owned()))
        };
        let (regular, strong) = (font(REGULAR)?, font(STRONG)?);
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(self.title.clone()));
        let count = self.pages.len();
        for (number, marks) in self.pages.iter().enumerate() {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT)
                .ok_or_else(|| PaperError("a page has no size".to_owned()))?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            for mark in marks {
                match mark {
                    Mark::Text { x, y, size, strong: bold, ink, text } => {
                        surface.set_fill(Some(fill(*ink)));
                        let face = if *bold { strong.clone() } else { regular.clone() };
                        surface.draw_text(
                            Point::from_xy(*x, *y),
                            face,
                            *size,
                            text,
                            false,
                            TextDirection::Auto,
                        );
                    }
                    Mark::Rule { x, y, width } => bars(&mut surface, &[(*x, *y, *width, 0.4)]),
                    Mark::Square { x, y, side } => {
                        let (x, y, side) = (*x, *y, *side);
                        let edge = 0.6;
                        bars(
                            &mut surface,
                            &[
                                (x, y, side, edge),
                                (x, y + side - edge, side, edge),
                                (x, y, edge, side),
                                (x + side - edge, y, edge, side),
                            ],
                        );
                    }
                }
            }
            surface.set_fill(Some(fill(Ink::Grey)));
            let foot = format!("{} · {} / {count}", self.title, number + 1);
            let at = Point::from_xy(MARGIN, HEIGHT - MARGIN + 10.0);
            surface.draw_text(at, regular.clone(), 8.0, &foot, false, TextDirection::Auto);
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| PaperError(format!("{error:?}")))
    }
}

/// Filled bars: x, y, width, height.
fn bars(surface: &mut Surface<'_>, bars: &[(f32, f32, f32, f32)]) {
    surface.set_fill(Some(fill(Ink::Grey)));
    for (x, y, width, height) in bars {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            surface.draw_path(&path);
        }
    }
}

fn fill(ink: Ink) -> Fill {
    let color = match ink {
        Ink::Black => rgb::Color::new(20, 25, 29),
        Ink::Grey => rgb::Color::new(90, 100, 108),
    };
    Fill { paint: color.into(), ..Fill::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_broken_where_they_must_and_a_long_table_takes_several_pages() {
        let mut paper = Paper::new("Janssen", "24-11-2026").unwrap();
        let lines = paper.wrapped(&"Donaudampfschifffahrt ".repeat(9), BODY, false, 120.0);
        assert!(lines.len() > 4 && lines.iter().all(|line| paper.width(line, BODY, false) <= 120.0));
        assert!(paper.wrapped(&"x".repeat(200), BODY, false, 100.0).len() > 4);
        let rows: Vec<Vec<String>> =
            (0..200).map(|number| vec![number.to_string(), "Ölwechsel und Bremsen ".repeat(8)]).collect();
        paper.heading("Bezoeken");
        paper.table(&["Nummer".to_owned(), "Wat".to_owned()], &rows);
        assert!(paper.pages.len() > 5);
        let deepest = paper.pages.iter().flatten().map(|mark| match mark {
            Mark::Text { y, .. } | Mark::Rule { y, .. } | Mark::Square { y, .. } => *y,
        });
        assert!(deepest.fold(0.0, f32::max) <= BOTTOM);
        assert!(paper.finish().unwrap().starts_with(b"%PDF"));
    }
}
