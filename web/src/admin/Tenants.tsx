export function Tenants() {
  return <p>TODO</p>;
}
