//! A table of cells, aligned or in Markdown. Names are escaped for either.

use std::fmt::Write as _;

use infra_report::markdown::{escape_marked, is_invisible};

/// Longer names are cut in tables \[characters\].
const MAX_CHARS: usize = 72;

/// How to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Aligned columns.
    Aligned,
    /// Markdown.
    Markdown,
}

/// A cell.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Our own words and numbers.
    Words(String),
    /// A name from the input; untrusted.
    Name(String),
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&str> for Cell {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl Cell {
    /// The cell in a table, where a long name is cut.
    fn short(&self, style: Style) -> String {
        match self {
            Self::Name(name) if name.chars().count() > MAX_CHARS => {
                Self::Name(name.chars().take(MAX_CHARS - 1).chain(['…']).collect()).show(style)
            },
            whole => whole.show(style),
        }
    }

    fn show(&self, style: Style) -> String {
        let name = match self {
            Self::Words(words) => return words.clone(),
            Self::Name(name) => name,
        };
        match style {
            Style::Aligned => name.chars().map(|c| if is_invisible(c) { '\u{FFFD}' } else { c }).collect(),
            Style::Markdown => escape_marked(name),
        }
    }
}

/// A part of the result.
#[derive(Clone, Debug)]
pub(super) enum Section {
    /// A folder begins.
    Heading(Cell),
    /// A line of text.
    Line(Vec<Cell>),
    /// A table: caption, column names, rows. The first column is text, numbers follow.
    Sheet(&'static str, Vec<&'static str>, Vec<Vec<Cell>>),
}

/// Writes sections one after the other.
pub(super) fn write(sections: &[Section], style: Style) -> String {
    let mut out = String::new();
    for section in sections {
        match section {
            Section::Heading(name) => {
                let blank = if out.is_empty() { "" } else { "\n" };
                let mark = if style == Style::Markdown { "## " } else { "" };
                let _ = writeln!(out, "{blank}{mark}{}", name.show(style));
            },
            Section::Line(cells) => {
                let text: String = cells.iter().map(|c| c.show(style)).collect();
                let blank = if style == Style::Markdown { "\n" } else { "" };
                let _ = writeln!(out, "{blank}{text}");
            },
            Section::Sheet(caption, header, rows) => {
                let rows: Vec<Vec<String>> =
                    rows.iter().map(|r| r.iter().map(|c| c.short(style)).collect()).collect();
                match style {
                    Style::Aligned => aligned(&mut out, caption, header, &rows),
                    Style::Markdown => markdown(&mut out, caption, header, &rows),
                }
            },
        }
    }
    out
}

fn aligned(out: &mut String, caption: &str, header: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|r| r.get(column)).map(|c| c.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let _ = writeln!(out, "\n{caption}");
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(c, w)| format!("{c:<w$}")).collect();
        let _ = writeln!(out, "  {}", padded.join("  ").trim_end());
    };
    line(&mut header.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
}

fn markdown(out: &mut String, caption: &str, header: &[&str], rows: &[Vec<String>]) {
    let _ =
        writeln!(out, "\n### {caption}\n\n| {} |\n|{}", header.join(" | "), " --- |".repeat(header.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
}
