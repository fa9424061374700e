//! The doors around, drawn in the terminal: the walk as a line, what happened as colours.

use super::{AtDoor, Desk, Screen, Step, moved};
use crate::event::Key;
use crate::paint::{colour, draw_text};
use crate::words;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::canvas::{Canvas, Context, Line as Stroke, Points};
use walkbook_core::{Bounds, DoorRow, Error};
use walkbook_model::{DoorId, Interaction, Outcome, Position, WalkListId};

/// Doors of other lists that are shown as well.
const AROUND: u32 = 2_000;
/// More numbers than this would hide each other.
const NUMBERS: usize = 60;
const M_PER_DEGREE: f64 = 111_195.0;

pub(crate) struct Map {
    list: WalkListId,
    rows: Vec<DoorRow>,
    around: Vec<DoorRow>,
    at: usize,
    go_to: Option<DoorId>,
    /// From the middle to the upper edge.
    reach_m: f64,
}

impl Map {
    pub(crate) fn new(list: WalkListId, door: Option<DoorId>) -> Self {
        Self { list, rows: vec![], around: vec![], at: 0, go_to: door, reach_m: 120.0 }
    }

    fn middle(&self) -> Option<Position> {
        self.rows.get(self.at).and_then(|row| row.position)
    }

    fn look_around(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        let Some(middle) = self.middle() else { return Ok(()) };
        let (high, wide) =
            (self.reach_m / M_PER_DEGREE, 3.0 * self.reach_m / M_PER_DEGREE / middle.lat().to_radians().cos());
        let corner = |sign: f64| Position::from_degrees(middle.lat() + sign * high, middle.lon() + sign * wide);
        // At the edge of the world there is nothing around.
        let (Ok(south_west), Ok(north_east)) = (corner(-1.0), corner(1.0)) else { return Ok(()) };
        self.around = desk.phone.doors_in_view(Bounds { south_west, north_east }, AROUND)?;
        Ok(())
    }
}

impl Screen for Map {
    fn title(&self) -> String {
        "Map".into()
    }

    fn keys(&self) -> Vec<(&'static str, &'static str)> {
        vec![("↑ ↓", "along the walk"), ("+ -", "closer, wider"), ("n", "not home"), ("Enter", "door"), ("Esc", "back")]
    }

    fn refresh(&mut self, desk: &Desk<'_>) -> Result<(), Error> {
        let wanted = self.go_to.take().or(self.rows.get(self.at).map(|row| row.door));
        self.rows = desk.phone.walk_list(self.list)?.into_iter().filter(|row| row.position.is_some()).collect();
        self.at = self.rows.iter().position(|row| Some(row.door) == wanted).unwrap_or(self.at);
        self.at = moved(self.at, self.rows.len(), Key::Enter);
        self.look_around(desk)
    }

    fn update(&mut self, key: Key, desk: &Desk<'_>) -> Result<Step, Error> {
        self.at = moved(self.at, self.rows.len(), key);
        let here = self.rows.get(self.at);
        let step = match (key, here) {
            (Key::Char('+' | '='), _) => {
                self.reach_m = (self.reach_m / 1.5).max(20.0);
                Step::Stay
            }
            (Key::Char('-'), _) => {
                self.reach_m = (self.reach_m * 1.5).min(20_000.0);
                Step::Stay
            }
            (Key::Char('n'), Some(row)) if row.suppressed => Step::say("Nobody may knock here."),
            (Key::Char('n'), Some(row)) => {
                let not_home = Interaction::of_outcome(self.list, None, Outcome::NotHome);
                desk.phone.record_knock(row.door, not_home, desk.now)?;
                let said = format!("Not home at {}.", row.line);
                self.go_to = desk.phone.next_door(self.list, Some(row.door))?.map(|next| next.door);
                Step::Say(said)
            }
            (Key::Enter, Some(row)) => Step::open(AtDoor::new(self.list, row.door)),
            (Key::Esc, _) => Step::back(),
            _ => Step::Stay,
        };
        self.look_around(desk)?;
        Ok(step)
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect) {
        let Some(middle) = self.middle() else {
            return draw_text(frame, area, vec![Line::from("No door of this list is on the map.")]);
        };
        let [body, foot] = Layout::vertical([Constraint::Min(3), Constraint::Length(1)]).areas(area);
        // A cell is about twice as high as it is wide.
        let aspect = f64::from(body.width) / f64::from(body.height).max(1.0) / 2.0;
        let ground = Ground { middle, scale: middle.lat().to_radians().cos() };
        let canvas = Canvas::default()
            .marker(Marker::Braille)
            .x_bounds([-self.reach_m * aspect, self.reach_m * aspect])
            .y_bounds([-self.reach_m, self.reach_m])
            .paint(|context| self.paint(context, &ground, aspect));
        frame.render_widget(canvas, body);
        let Some(row) = self.rows.get(self.at) else { return };
        let here = vec![
            Span::styled(format!(" ◉ {} ", row.line), Style::new().add_modifier(Modifier::BOLD)),
            Span::styled(words::standing(row), Style::new().fg(colour(row))),
            Span::styled(format!("  {}", row.names.join(", ")), crate::paint::DIM),
            Span::styled(format!("  ↕ {:.0} m", self.reach_m * 2.0), crate::paint::DIM),
        ];
        frame.render_widget(Line::from(here), foot);
    }
}

/// Metres from the middle, east and north: flat enough for a few kilometres.
struct Ground {
    middle: Position,
    scale: f64,
}

impl Ground {
    fn place(&self, row: &DoorRow) -> Option<(f64, f64)> {
        let at = row.position?;
        Some((
            (at.lon() - self.middle.lon()) * self.scale * M_PER_DEGREE,
            (at.lat() - self.middle.lat()) * M_PER_DEGREE,
        ))
    }
}

impl Map {
    fn paint(&self, context: &mut Context<'_>, ground: &Ground, aspect: f64) {
        let in_view = |(x, y): &(f64, f64)| x.abs() <= self.reach_m * aspect && y.abs() <= self.reach_m;
        let walk: Vec<(f64, f64)> = self.rows.iter().filter_map(|row| ground.place(row)).collect();
        for (from, to) in walk.iter().zip(walk.iter().skip(1)) {
            context.draw(&Stroke::new(from.0, from.1, to.0, to.1, Color::DarkGray));
        }
        context.layer();
        let shown: Vec<(&DoorRow, (f64, f64))> = self
            .around
            .iter()
            .filter_map(|row| Some((row, ground.place(row)?)))
            .filter(|(_, at)| in_view(at))
            .collect();
        for (row, at) in &shown {
            context.draw(&Points { coords: &[*at], color: colour(row) });
        }
        if shown.len() <= NUMBERS {
            for (row, (x, y)) in &shown {
                context.print(*x, *y, Line::styled(format!("●{}", row.number), Style::new().fg(colour(row))));
            }
        }
        context.print(0.0, 0.0, Line::styled("◉", Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD)));
    }
}
