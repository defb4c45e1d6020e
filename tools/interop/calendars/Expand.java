import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.model.Calendar;
import net.fortuna.ical4j.model.Component;
import net.fortuna.ical4j.model.Period;
import net.fortuna.ical4j.model.component.VEvent;

/**
 * Expands calendars with ical4j. Reads lines "from until base64(ics)", both ms; writes for each a JSON line
 * [[start ms, minutes], ...] of the events that begin in between.
 */
public final class Expand {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] asked = line.split(" ");
      String ics = new String(Base64.getDecoder().decode(asked[2]), StandardCharsets.UTF_8);
      long from = Long.parseLong(asked[0]);
      long until = Long.parseLong(asked[1]);
      List<String> found = new ArrayList<>();
      for (Map.Entry<Long, Long> one : expand(ics, from, until).entrySet()) {
        if (one.getKey() >= from && one.getKey() < until) found.add("[" + one.getKey() + "," + one.getValue() + "]");
      }
      System.out.println("[" + String.join(",", found) + "]");
    }
  }

  /** Start (ms) and length (minutes) of the series' occurrences; events with a RECURRENCE-ID replace the one it names. */
  private static Map<Long, Long> expand(String ics, long from, long until) throws Exception {
    Calendar calendar = new CalendarBuilder(new WrittenZones()).build(new StringReader(ics));
    Period<ZonedDateTime> window = new Period<>(at(from - 40L * 86_400_000), at(until + 40L * 86_400_000));
    Map<Long, Long> found = new TreeMap<>();
    // By local time, which is what RECURRENCE-ID names.
    Map<Object, VEvent> single = new HashMap<>();
    List<VEvent> events = calendar.getComponents(Component.VEVENT);
    for (VEvent event : events) {
      if (event.getRecurrenceId() != null) single.put(shown(event.getRecurrenceId().getDate()), event);
    }
    for (VEvent event : events) {
      if (event.getRecurrenceId() != null) continue;
      for (Period<?> period : event.<ZonedDateTime>calculateRecurrenceSet(window)) {
        if (single.containsKey(shown(period.getStart()))) continue;
        put(found, Instant.from(period.getStart()), Instant.from(period.getEnd()));
      }
    }
    for (VEvent event : single.values()) {
      Instant start = Instant.from(event.getDateTimeStart().getDate());
      put(found, start, start.plus(Duration.from(event.getDuration().getDuration())));
    }
    return found;
  }

  private static Object shown(Temporal time) {
    return time instanceof ZonedDateTime zoned ? zoned.toLocalDateTime() : time;
  }

  private static void put(Map<Long, Long> found, Instant start, Instant end) {
    found.put(start.toEpochMilli(), Duration.between(start, end).toMinutes());
  }

  private static ZonedDateTime at(long ms) {
    return Instant.ofEpochMilli(ms).atZone(ZoneOffset.UTC);
  }
}
