"use strict";

/*
 * The page's own Content-Security-Policy allows nothing inline and no other host, so everything it
 * needs stands here or in Swagger UI's files beside it.
 */

/* Left to itself the page would ask for a sound once more, without the token, to play it. */
function playWhatCame(ResponseBody, system) {
	return function (props) {
		const url = props.content instanceof Blob ? URL.createObjectURL(props.content) : props.url;
		return system.React.createElement(ResponseBody, { ...props, url });
	};
}

window.addEventListener("load", function () {
	const ui = SwaggerUIBundle({
		url: "/openapi.json",
		dom_id: "#swagger-ui",
		presets: [SwaggerUIBundle.presets.apis],
		layout: "BaseLayout",
		plugins: [{ wrapComponents: { responseBody: playWhatCame } }],
		deepLinking: true,
		tryItOutEnabled: true,
		displayRequestDuration: true,
		validatorUrl: null, /* it would send the description to a public service */
		responseInterceptor: function (response) {
			/* A login made on this page is used by what is tried out next. */
			if (response.status === 201 && /\/login\/?$/.test(response.url)) {
				ui.preauthorizeApiKey("bearer", JSON.parse(response.text).access);
			}
			return response;
		},
	});
});
