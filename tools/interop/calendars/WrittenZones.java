import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import net.fortuna.ical4j.model.Period;
import net.fortuna.ical4j.model.Property;
import net.fortuna.ical4j.model.TimeZone;
import net.fortuna.ical4j.model.TimeZoneRegistryImpl;
import net.fortuna.ical4j.model.component.Observance;
import net.fortuna.ical4j.model.component.VTimeZone;
import net.fortuna.ical4j.model.property.DtStart;
import net.fortuna.ical4j.model.property.TzOffsetTo;

/**
 * Time zones as written in the calendar, by ical4j's own expansion of their observances. Its 4.2.4 derives wrong
 * rules for future times: its ZoneRulesBuilder reads "BYDAY=2SU" as the Sunday on or after the 2nd, also in its own
 * zone of New York.
 */
final class WrittenZones extends TimeZoneRegistryImpl {
  private static final LocalDateTime UNTIL = LocalDateTime.of(2045, 1, 1, 0, 0);
  private static final Provider PROVIDER = new Provider();

  static {
    ZoneRulesProvider.registerProvider(PROVIDER);
  }

  private final Map<String, ZoneId> known = new HashMap<>();

  @Override
  public ZoneId getZoneId(String name) {
    return known.computeIfAbsent(name, tzid -> {
      TimeZone zone = getTimeZone(tzid);
      return zone == null ? super.getZoneId(tzid) : PROVIDER.idOf(zone.getVTimeZone());
    });
  }

  private static ZoneRules rulesOf(VTimeZone zone) {
    TreeMap<LocalDateTime, ZoneOffset> changes = new TreeMap<>();
    for (Observance observance : zone.getObservances()) {
      DtStart<LocalDateTime> start = observance.getRequiredProperty(Property.DTSTART);
      TzOffsetTo to = observance.getRequiredProperty(Property.TZOFFSETTO);
      changes.put(start.getDate(), to.getOffset());
      for (Period<LocalDateTime> one : observance.<LocalDateTime>calculateRecurrenceSet(new Period<>(start.getDate(), UNTIL))) {
        changes.put(one.getStart(), to.getOffset());
      }
    }
    ZoneOffset offset = changes.firstEntry().getValue();
    ZoneOffset first = offset;
    List<ZoneOffsetTransition> transitions = new ArrayList<>();
    for (Map.Entry<LocalDateTime, ZoneOffset> change : changes.entrySet()) {
      if (change.getValue().equals(offset)) continue;
      transitions.add(ZoneOffsetTransition.of(change.getKey(), offset, change.getValue()));
      offset = change.getValue();
    }
    return ZoneRules.of(first, first, List.of(), transitions, List.of());
  }

  private static final class Provider extends ZoneRulesProvider {
    private final Map<String, ZoneRules> rules = new HashMap<>();
    private final Map<String, String> idByText = new HashMap<>();

    ZoneId idOf(VTimeZone zone) {
      String id = idByText.computeIfAbsent(zone.toString(), text -> "written-" + idByText.size());
      rules.computeIfAbsent(id, made -> rulesOf(zone));
      return ZoneId.of(id);
    }

    @Override
    protected Set<String> provideZoneIds() {
      Set<String> ids = new java.util.HashSet<>();
      for (int number = 0; number < 1_000; number++) ids.add("written-" + number);
      return ids;
    }

    @Override
    protected ZoneRules provideRules(String id, boolean forCaching) {
      return rules.get(id);
    }

    @Override
    protected NavigableMap<String, ZoneRules> provideVersions(String id) {
      return new TreeMap<>(Map.of("1", rules.get(id)));
    }
  }
}
