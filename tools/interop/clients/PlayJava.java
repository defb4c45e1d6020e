import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.MeetingsApi;
import org.openapitools.client.model.ChangeMeeting;
import org.openapitools.client.model.CreateMeeting;
import org.openapitools.client.model.MeetingTimeChange;
import org.openapitools.client.model.MeetingTimeInput;

/** Makes, lists, changes and deletes with a client by openapi-generator, {@code java}. */
public class PlayJava {
    public static void main(String[] args) throws ApiException {
        var env = System.getenv();
        var client = new ApiClient();
        client.updateBaseUri(env.get("ORIGIN"));
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + env.get("KEY")));
        var meetings = new MeetingsApi(client);
        var time = new MeetingTimeInput().start("2031-03-03T10:00").timeZone("Europe/Berlin").durationMinutes(90);
        var made = meetings.meetingsCreate(
            new CreateMeeting().title("Choir").owner(env.get("OWNER")).time(time), false, null);
        var page = meetings.meetingsList(null, null, 5, null);
        require(page.getItems().get(0).getId().equals(made.getId()), page);
        var change = new ChangeMeeting().title("Band").time(new MeetingTimeChange().durationMinutes(45));
        var changed = meetings.meetingsChange(made.getId(), "*", false, null, change);
        require(changed.getTitle().equals("Band"), changed);
        require(changed.getTime().getDurationMinutes() == 45, changed);
        require(changed.getTime().getTimeZone().equals("Europe/Berlin"), changed);
        meetings.meetingsDelete(made.getId(), "*", false, null);
        try {
            require(false, meetings.meetingsRead(made.getId(), null));
        } catch (ApiException gone) {
            require(gone.getCode() == 404 && gone.getResponseBody().contains("meeting.unknown"), gone);
        }
        System.out.println("created listed changed deleted");
    }

    private static void require(boolean isSo, Object found) {
        if (!isSo) throw new IllegalStateException(String.valueOf(found));
    }
}
