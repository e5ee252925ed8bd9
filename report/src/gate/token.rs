//! An expression cut into tokens, each with its place.

use std::ops::Range;

use super::error::Wrong;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A field, a keyword, or text without quotes.
    Word(String),
    /// A decimal number, as written.
    Number(String),
    /// Letters or `%` that follow a number directly.
    Unit(String),
    /// Text in quotes, unescaped.
    Quoted(String),
    /// A comparison.
    Op(Op),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `~`, a pattern
    Like,
}

impl Op {
    /// As it is written.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Like => "~",
        }
    }
}

/// A token and the bytes it stands on.
pub(super) type Placed = (Token, Range<usize>);

/// Cuts an expression into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Wrong> {
    let mut found: Vec<Placed> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let after_number = found.last().is_some_and(|(t, r)| matches!(t, Token::Number(_)) && r.end == at);
        let (token, length) = one(&text[at..], at, after_number)?;
        found.push((token, at..at + length));
        at += length;
    }
    Ok(found)
}

/// The token at the start of `rest`, and its length in bytes.
fn one(rest: &str, at: usize, after_number: bool) -> Result<(Token, usize), Wrong> {
    let mut chars = rest.chars();
    let (first, second) = (chars.next().unwrap_or(' '), chars.next());
    let sign = |op: Op| Ok((Token::Op(op), op.sign().len()));
    let foreign = |length: usize, what: &str, hint: &str| Err(Wrong::new(at..at + length, what, hint));
    match (first, second) {
        ('%', _) if after_number => Ok((Token::Unit("%".to_owned()), 1)),
        (c, _) if after_number && c.is_alphabetic() => {
            let unit: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
            let length = unit.len();
            Ok((Token::Unit(unit), length))
        },
        ('(', _) => Ok((Token::Open, 1)),
        (')', _) => Ok((Token::Close, 1)),
        (',', _) => Ok((Token::Comma, 1)),
        ('=', Some('=')) => foreign(2, "`==` is not known here", "write `=`"),
        ('&', Some('&')) => foreign(2, "`&&` is not known here", "write `and`"),
        ('|', Some('|')) => foreign(2, "`||` is not known here", "write `or`"),
        ('=', Some('~')) | ('!', Some('~')) => {
            foreign(2, "a pattern follows `~` alone", "write `field~'a*'` or `not field~'a*'`")
        },
        ('!', Some('=')) => sign(Op::Ne),
        ('!', _) => foreign(1, "`!` is not known here", "write `not`"),
        ('=', _) => sign(Op::Eq),
        ('<', Some('=')) => sign(Op::Le),
        ('<', Some('>')) => foreign(2, "`<>` is not known here", "write `!=`"),
        ('<', _) => sign(Op::Lt),
        ('>', Some('=')) => sign(Op::Ge),
        ('>', _) => sign(Op::Gt),
        ('~', _) => sign(Op::Like),
        ('\'' | '"', _) => quoted(rest, at, first),
        ('-' | '.', Some(c)) if c.is_ascii_digit() || c == '.' => number(rest, at),
        (c, _) if c.is_ascii_digit() => number(rest, at),
        (c, _) if starts_word(c) => {
            let word: String = rest.chars().take_while(|c| in_word(*c)).collect();
            let length = word.len();
            Ok((Token::Word(word), length))
        },
        (c, _) => foreign(c.len_utf8(), "this character has no meaning here", "put text into quotes: 'text'"),
    }
}

fn starts_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '*' | '?')
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '*' | '?')
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), Wrong> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let start = usize::from(bytes[0] == b'-');
    let mut end = digits(start);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    // An exponent only where digits follow, or `5e` would swallow a unit.
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    let text = &rest[..end];
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(text.to_owned()), end)),
        _ => Err(Wrong::new(
            at..at + end,
            "this is no number, or one too large",
            "write it like 5, 0.5 or 1e6",
        )),
    }
}

fn quoted(rest: &str, at: usize, quote: char) -> Result<(Token, usize), Wrong> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, c @ ('\\' | '\'' | '"'))) => text.push(c),
                Some((j, c)) => {
                    let place = at + i..at + j + c.len_utf8();
                    let hint = "write `\\\\` for a backslash, `\\'` for a quote";
                    return Err(Wrong::new(
                        place,
                        "a backslash stands before a quote or a backslash only",
                        hint,
                    ));
                },
                None => break,
            },
            c if c == quote => return Ok((Token::Quoted(text), i + 1)),
            c => text.push(c),
        }
    }
    Err(Wrong::new(at..at + rest.len(), "this text has no end", format!("close it with {quote}")))
}
