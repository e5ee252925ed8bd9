//! From text to a checked expression.
//!
//! ```text
//! expr    = all { "or" all }
//! all     = not { "and" not }
//! not     = "not" not | "(" expr ")" | leaf
//! leaf    = flag [ "=" ("true" | "false") ] | field op value | field "in" "(" value { "," value } ")"
//!         | "missing" "(" field ")" | "worse" "(" measure [ "," share ] ")"
//! ```

use super::error::{ExprError, Wrong};
use super::expr::{Measure, Node};
use super::field::{Field, Kind};
use super::near::nearest;
use super::read;
use super::token::{Op, Placed, Token, tokens};

/// Longer expressions are refused \[bytes\].
const MAX_BYTES: usize = 4096;
/// Deeper brackets are refused.
const MAX_DEPTH: usize = 32;
/// Words that are no field.
const KEYWORDS: [&str; 7] = ["and", "or", "not", "in", "missing", "worse", "true"];

/// Parses and checks an expression.
pub(super) fn parse(text: &str) -> Result<Node, ExprError> {
    if text.len() > MAX_BYTES {
        let hint = "split it into several gates";
        let what = format!("an expression has at most {MAX_BYTES} bytes, this one {}", text.len());
        let start: String = text.chars().take(60).collect();
        return Err(Wrong::new(0..start.len(), what, hint).in_text(&start));
    }
    let whole = || -> Result<Node, Wrong> {
        let found = tokens(text)?;
        let mut parser = Parser { tokens: &found, next: 0, end: text.len() };
        let node = parser.any(0)?;
        match parser.peek() {
            None => Ok(node),
            Some((Token::Close, at)) => {
                Err(Wrong::new(at.clone(), "this bracket closes none", "take it out, or open one before"))
            },
            Some((_, at)) => {
                Err(Wrong::new(at.clone(), "the expression is over before this", "join two by `and` or `or`"))
            },
        }
    };
    whole().map_err(|wrong| wrong.in_text(text))
}

/// A place in the tokens.
pub(super) struct Parser<'a> {
    tokens: &'a [Placed],
    next: usize,
    /// Length of the text, the place of what is missing at its end.
    end: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Option<&'a Placed> {
        self.tokens.get(self.next)
    }

    pub(super) fn take(&mut self) -> Option<&'a Placed> {
        let token = self.tokens.get(self.next);
        self.next += usize::from(token.is_some());
        token
    }

    /// The bytes of the next token, or the end of the text.
    pub(super) fn here(&self) -> std::ops::Range<usize> {
        self.peek().map_or(self.end..self.end, |(_, at)| at.clone())
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some((Token::Word(w), _)) if w == word)
    }

    fn any(&mut self, depth: usize) -> Result<Node, Wrong> {
        self.chain("or", |p| p.all(depth), Node::Any)
    }

    fn all(&mut self, depth: usize) -> Result<Node, Wrong> {
        self.chain("and", |p| p.not(depth), Node::All)
    }

    fn chain(
        &mut self,
        word: &str,
        mut one: impl FnMut(&mut Self) -> Result<Node, Wrong>,
        join: fn(Vec<Node>) -> Node,
    ) -> Result<Node, Wrong> {
        let first = one(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut nodes = vec![first];
        while self.is_word(word) {
            self.take();
            nodes.push(one(self)?);
        }
        Ok(join(nodes))
    }

    fn not(&mut self, depth: usize) -> Result<Node, Wrong> {
        let here = self.here();
        if depth > MAX_DEPTH {
            return Err(Wrong::new(
                here,
                format!("more than {MAX_DEPTH} levels deep"),
                "split it into several gates",
            ));
        }
        if self.is_word("not") {
            self.take();
            return Ok(Node::Not(Box::new(self.not(depth + 1)?)));
        }
        if matches!(self.peek(), Some((Token::Open, _))) {
            self.take();
            let inner = self.any(depth + 1)?;
            self.expect_close(&here)?;
            return Ok(inner);
        }
        self.leaf()
    }

    fn leaf(&mut self) -> Result<Node, Wrong> {
        let here = self.here();
        let Some((Token::Word(word), _)) = self.take() else {
            return Err(Wrong::new(
                here,
                "a field is expected here",
                "for example verdict=cascade or mttr>5min",
            ));
        };
        match word.as_str() {
            "missing" => {
                self.expect_open(word)?;
                let field = self.field("missing")?;
                self.expect_close(&here)?;
                return Ok(Node::Missing(field));
            },
            "worse" => return self.worse(),
            _ => {},
        }
        let field = known(word, here.clone())?;
        match self.peek() {
            Some((Token::Op(op), at)) => {
                self.take();
                read::comparison(self, field, *op, at.clone())
            },
            Some((Token::Word(w), _)) if w == "in" => {
                self.take();
                self.list(field, here)
            },
            _ if field.kind() == Kind::Flag => Ok(Node::Flag(field)),
            _ => {
                let hint = format!("for example {}", read::example(field));
                Err(Wrong::new(
                    self.here(),
                    format!("`{word}` must be compared with a {}", field.kind().words()),
                    hint,
                ))
            },
        }
    }

    fn list(&mut self, field: Field, at: std::ops::Range<usize>) -> Result<Node, Wrong> {
        if field.kind() == Kind::Flag {
            let hint = format!("write `{0}` or `not {0}`", field.name());
            return Err(Wrong::new(at, format!("`{}` is yes or no and takes no list", field.name()), hint));
        }
        self.expect_open("in")?;
        let mut values = vec![read::value(self, field, Op::Eq)?];
        while matches!(self.peek(), Some((Token::Comma, _))) {
            self.take();
            values.push(read::value(self, field, Op::Eq)?);
        }
        self.expect_close(&at)?;
        Ok(Node::In(field, values))
    }

    fn worse(&mut self) -> Result<Node, Wrong> {
        self.expect_open("worse")?;
        let here = self.here();
        let Some((Token::Word(word), _)) = self.take() else {
            return Err(Wrong::new(here, "a measure is expected here", "for example worse(mttr)"));
        };
        let Some(measure) = Measure::all().find(|m| m.name() == word) else {
            let near = nearest(word, Measure::all().map(Measure::name));
            let names: Vec<_> = Measure::all().map(Measure::name).collect();
            let hint = did_you_mean(near).unwrap_or_else(|| format!("one of {}", names.join(", ")));
            let what = if Field::find(word).is_some() { "has no better and worse" } else { "is no measure" };
            return Err(Wrong::new(here, format!("`{word}` {what}"), hint));
        };
        let mut by = 0.0;
        if matches!(self.peek(), Some((Token::Comma, _))) {
            self.take();
            by = read::tolerance(self)?;
        }
        self.expect_close(&here)?;
        Ok(Node::Worse(measure, by))
    }

    fn field(&mut self, of: &str) -> Result<Field, Wrong> {
        let here = self.here();
        match self.take() {
            Some((Token::Word(word), at)) => known(word, at.clone()),
            _ => Err(Wrong::new(here, "a field is expected here", format!("for example {of}(slo_budget)"))),
        }
    }

    fn expect_open(&mut self, after: &str) -> Result<(), Wrong> {
        let here = self.here();
        match self.take() {
            Some((Token::Open, _)) => Ok(()),
            _ => Err(Wrong::new(here, format!("`(` is expected after `{after}`"), String::new())),
        }
    }

    fn expect_close(&mut self, opened: &std::ops::Range<usize>) -> Result<(), Wrong> {
        let here = self.here();
        match self.take() {
            Some((Token::Close, _)) => Ok(()),
            _ => {
                let hint = format!("close what was begun at character {}", opened.start + 1);
                Err(Wrong::new(here, "`)` is expected here", hint))
            },
        }
    }
}

/// The field of a name, or what may have been meant.
fn known(word: &str, at: std::ops::Range<usize>) -> Result<Field, Wrong> {
    if let Some(field) = Field::find(word) {
        return Ok(field);
    }
    let lower = word.to_ascii_lowercase();
    let names = Field::ALL.into_iter().map(Field::name);
    let near =
        names.clone().chain(KEYWORDS).find(|n| *n == lower).or_else(|| nearest(word, names.chain(KEYWORDS)));
    let hint = did_you_mean(near).unwrap_or_else(|| "docs/gates.md lists the fields".to_owned());
    Err(Wrong::new(at, format!("no field `{word}`"), hint))
}

fn did_you_mean(near: Option<&str>) -> Option<String> {
    near.map(|near| format!("did you mean `{near}`?"))
}
