//! Number and date of a letter, printed or filled in by hand.

use kurbo::Affine;
use kurbo::Point;

use crate::synthesis::fonts::FaceId;
use crate::synthesis::lettering::Style;
use crate::synthesis::lettering::natural_width;
use crate::synthesis::lettering::straight;
use crate::synthesis::page::Filling;
use crate::synthesis::page::Layout;
use crate::synthesis::page::Line;
use crate::synthesis::page::figures::Hand;
use crate::synthesis::page::line::near;
use crate::synthesis::page::signature;
use crate::synthesis::page::words;

/// A part of a line.
enum Piece {
    /// As the printer set it.
    Print(String),
    /// Figures by hand.
    Hand(usize),
}

impl Layout<'_> {
    /// Number and symbol at the left, place and date at the right.
    pub(super) fn number_and_date(&mut self, (left, right): (f64, f64)) {
        let capital = self.capital;
        let place = self.content.body.place.clone();
        let number = 1 + self.chance.index(900);
        let symbol = *self.chance.pick(&words::SYMBOLS);
        let (place, [day, month, year]) = words::day(&place, self.chance);
        let is_filled = self.content.filling == Filling::Filled;
        if is_filled {
            self.filled(number, symbol, (&place, [day, month, year]), (left, right));
        } else {
            let numbered = |number: usize| format!("Số: {number}/{symbol}");
            let dated = |year: usize| format!("{place}, ngày {day:02} tháng {month:02} năm {year}");
            let (line, date) = (numbered(number), dated(year));
            let width = self.centred(&line, (left, 34.0), (self.regular, capital), 70.0);
            self.tell_line((line, numbered(near(number))), (left, width));
            let width = self.centred(&date, (right, 34.0), (self.italic, capital), 90.0);
            self.tell_line((date, dated(near(year))), (right, width));
        }
        let letter = &mut self.page.letter;
        letter.number = Some(number.to_string());
        letter.symbol = Some(symbol.to_owned());
        letter.date = Some(format!("{year}-{month:02}-{day:02}"));
        let written = if is_filled { "handwritten" } else { "printed" };
        letter.date_written = Some(written.to_owned());
    }

    /// Keeps a line of the heading for a text layer, with what else it might say.
    fn tell_line(&mut self, (text, other): (String, String), (middle, width): (f64, f64)) {
        self.page.lines.push(Line {
            text,
            other,
            left: middle - 0.5 * width,
            baseline: 34.0,
            width,
            capital: self.capital,
        });
    }

    /// The same with number, day and month by one hand, sometimes the end of the year as well.
    fn filled(
        &mut self,
        number: usize,
        symbol: &str,
        (place, [day, month, year]): (&str, [usize; 3]),
        (left, right): (f64, f64),
    ) {
        let hand = Hand::new(self.capital, self.chance);
        let pen = signature::pen(self.chance);
        let print = |text: String| Piece::Print(text);
        let mut line = vec![print("Số:".to_owned()), Piece::Hand(number)];
        line.push(print(format!("/{symbol}")));
        let mut date = vec![print(format!("{place}, ngày")), Piece::Hand(day)];
        date.extend([print("tháng".to_owned()), Piece::Hand(month)]);
        if self.chance.happens(0.5) {
            date.push(print(format!("năm {year}")));
        } else {
            date.extend([
                print(format!("năm {}", year / 100)),
                Piece::Hand(year % 100),
            ]);
        }
        let (regular, italic) = (self.regular, self.italic);
        for (pieces, x, face) in [(line, left, regular), (date, right, italic)] {
            self.pieces(&pieces, (x, 34.0), face, (&hand, pen));
        }
    }

    /// A line about `x`, print and figures by turns.
    fn pieces(
        &mut self,
        pieces: &[Piece],
        (x, y): (f64, f64),
        face: FaceId,
        (hand, pen): (&Hand, [f32; 3]),
    ) {
        let style = Style {
            face,
            capital_mm: self.capital,
            stretch: 1.0,
        };
        let space = 0.45 * self.capital;
        let width = |piece: &Piece| match piece {
            Piece::Print(text) => natural_width(self.fonts, style, text),
            Piece::Hand(number) => hand.width(*number),
        };
        let widths: Vec<f64> = pieces.iter().map(width).collect();
        let whole = widths.iter().sum::<f64>() + space * (pieces.len() - 1) as f64;
        let mut from = x - whole / 2.0;
        for (piece, width) in pieces.iter().zip(widths) {
            match piece {
                Piece::Print(text) => {
                    let path = straight(self.fonts, style, text, width);
                    let at = Affine::translate((from + width / 2.0, y));
                    self.black.push(at * path);
                }
                Piece::Hand(number) => {
                    let strokes = hand.write(*number, Point::new(from, y), self.chance);
                    self.page.prints.push((strokes, pen));
                }
            }
            from += width + space;
        }
    }

    /// A number below the heading of a filled Chinese letter.
    pub(super) fn heading_number(&mut self, middle: f64) {
        if self.content.filling != Filling::Filled {
            return;
        }
        let number = 1 + self.chance.index(200);
        let year = 2015 + self.chance.index(11);
        let body: String = self.content.body.name.chars().take(2).collect();
        let symbol = format!("{body}发〔{year}〕");
        let (face, capital) = (self.regular, self.capital * 0.8);
        let line = format!("{symbol}{number}号");
        self.centred(&line, (middle, 38.0), (face, capital), 90.0);
        let letter = &mut self.page.letter;
        letter.number = Some(number.to_string());
        letter.symbol = Some(symbol);
    }

    /// A Chinese date as it is printed, and by the calendar; in characters on half of the filled letters.
    pub(super) fn hanzi_date(&mut self) -> (String, String) {
        let [year, month, day] = words::hanzi_day(self.chance);
        self.page.letter.date_written = Some("printed".to_owned());
        let calendar = format!("{year}-{month:02}-{day:02}");
        let is_filled = self.content.filling == Filling::Filled;
        if !is_filled || self.chance.happens(0.5) {
            return (format!("{year}年{month}月{day}日"), calendar);
        }
        let figures = year.to_string().into_bytes().into_iter();
        let year: String = figures
            .map(|figure| words::HANZI_FIGURES[usize::from(figure - b'0')])
            .collect();
        let [month, day] = [month, day].map(words::hanzi_number);
        (format!("{year}年{month}月{day}日"), calendar)
    }
}
